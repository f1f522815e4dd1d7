"""The incidents of one camera: opened once, told again when a fact changes, cleared once."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from edge.domain.incident import AppliedRule, Incident, Stage, Step
from edge.domain.rule import Finding, Needs
from edge.domain.scene import Presence, Scene
from edge.street.account import Account, Phase
from edge.street.zone_rule import ZoneRule

TELL_AGAIN_S = 30.0
"""Changed facts are told at most this often."""

MANY_MORE, LEAST_MORE = 1.5, 2
"""Times and number by which a count has clearly grown: that of a crowd differs at every look."""

MOST_EXCUSES = 256

_RIGHTS = {Phase.PENDING: 0, Phase.HELD: 1, Phase.OPEN: 2}


class Keeper:
    """Turns what rules say about moments into incidents; used by one thread."""

    def __init__(
        self,
        camera_id: str,
        rules: Sequence[ZoneRule],
        *,
        new_id: Callable[[datetime], str],
    ) -> None:
        """Begin with no incident.

        Args:
            camera_id: As in the configuration.
            rules: In the order in which they may claim a thing.
            new_id: Makes ids of incidents.
        """
        self._camera_id = camera_id
        self._rules = [(one, one.applied()) for one in rules]
        self._new_id = new_id
        self._favoured: dict[str, str] = {}
        self.accounts: dict[str, dict[str, Account]] = {one.name: {} for one in rules}
        self.excuses: dict[str, float] = {}
        """When rules, and rules about single things, were last at rest, stream time."""

    def observe(self, scene: Scene) -> list[Incident]:
        """Return the incidents that this moment opens, changes or ends."""
        judgings = [
            _Judging(self, rule, applied, scene, rule.findings(scene))
            for rule, applied in self._rules
            if _sees(scene, rule.rule.needs)
        ]
        # One thing is one incident: whoever has it keeps it, else whoever had it goes on with it,
        # else the rule that it fits best may have it, at a draw the first.
        best: dict[str, tuple[tuple[int, float], str]] = {}
        for key, confidence, name in (claim for one in judgings for claim in one.claims()):
            right = (self._standing_of(name, key), confidence)
            if key not in best or right > best[key][0]:
                best[key] = (right, name)
        self._favoured = {key: name for key, (_, name) in best.items()}
        return [incident for judging in judgings for incident in judging.run()]

    def _standing_of(self, name: str, key: str) -> int:
        account = self.accounts[name].get(key)
        return _RIGHTS[account.phase] if account else 0

    def claimed(self, key: str, by: ZoneRule) -> bool:
        """Return whether another rule has an incident about the same thing, or fits it better."""
        if not key.startswith("place:"):
            return False
        return self._favoured.get(key, by.name) != by.name or any(
            key in accounts and accounts[key].phase is Phase.OPEN
            for name, accounts in self.accounts.items()
            if name != by.name
        )

    def excuse(self, what: str, mono_s: float) -> None:
        """Note that a rule, or a rule about one thing, was at rest at a moment."""
        self.excuses[what] = mono_s
        if len(self.excuses) > MOST_EXCUSES:
            del self.excuses[min(self.excuses, key=lambda one: self.excuses[one])]

    def excused_s(self, *what: str) -> float:
        """Return the stream time at which any of these was last at rest."""
        return max(self.excuses.get(one, float("-inf")) for one in what)

    def open_ids(self) -> set[str]:
        """Return the ids of open incidents."""
        return {
            account.incident.id
            for accounts in self.accounts.values()
            for account in accounts.values()
            if account.phase is Phase.OPEN and account.incident is not None
        }

    @property
    def rules(self) -> tuple[ZoneRule, ...]:
        """Return the rules that it keeps."""
        return tuple(rule for rule, _ in self._rules)

    def keys_of(self, incident_ids: Collection[str]) -> set[str]:
        """Return which things incidents are about, as far as they are still known."""
        return {
            account.key
            for accounts in self.accounts.values()
            for account in accounts.values()
            if account.incident is not None and account.incident.id in incident_ids
        }

    def pending(self) -> bool:
        """Return whether any condition is on its way to an incident or open."""
        return any(
            account.phase is not Phase.HELD
            for accounts in self.accounts.values()
            for account in accounts.values()
        )

    def identify(self, moment: datetime) -> str:
        """Return a new id."""
        return self._new_id(moment)

    @property
    def camera_id(self) -> str:
        """Return whose incidents these are."""
        return self._camera_id


def _sees(scene: Scene, needs: Needs) -> bool:
    match needs:
        case Needs.LOOK:
            return scene.looked
        case Needs.CLOUDS:
            return scene.watching_clouds
        case Needs.PLACES:
            return True


def _many_more(count: int, told: int) -> bool:
    return count >= max(MANY_MORE * told, told + LEAST_MORE)


@dataclass(frozen=True, slots=True)
class _Judging:
    """One rule at one moment."""

    keeper: Keeper
    rule: ZoneRule
    applied: AppliedRule
    scene: Scene
    findings: dict[str, Finding]

    def claims(self) -> Iterator[tuple[str, float, str]]:
        """Yield key, confidence and rule of what it says of things that no permit covers."""
        for key, finding in self.findings.items():
            if self.rule.permit(self.scene.utc, finding.box) is None:
                yield key, finding.confidence, self.rule.name

    def run(self) -> list[Incident]:
        accounts = self.keeper.accounts[self.rule.name]
        told: list[Incident] = []
        applies = self.rule.applies(self.scene.utc)
        if not applies:
            self.keeper.excuse(self.rule.name, self.scene.mono_s)
        for key, finding in self.findings.items():
            permit = self.rule.permit(self.scene.utc, finding.box)
            if permit is not None:
                self.keeper.excuse(f"{self.rule.name} {key}", self.scene.mono_s)
                told += self._end(key, Step.WITHDRAWN, permit.told())
            elif not self.keeper.claimed(key, self.rule):
                self._note(key, finding)
        for key in list(accounts):
            if key not in self.findings:
                told += self._without_finding(key, applies=applies)
        for key in list(accounts):
            told += self._advance(key)
        return told

    def _counted(self, key: str, finding: Finding) -> Finding:
        """Return a finding whose dwell does not count while the rule was at rest, or allowed it."""
        rested = self.keeper.excused_s(self.rule.name, f"{self.rule.name} {key}")
        if finding.since_s is None or finding.since_s >= rested:
            return finding
        return replace(finding, since_s=rested)

    def _note(self, key: str, finding: Finding) -> None:
        finding = self._counted(key, finding)
        accounts, now_s = self.keeper.accounts[self.rule.name], self.scene.mono_s
        account = accounts.get(key)
        if account is None:
            if finding.presence is not Presence.PRESENT:
                return
            since_s = now_s if finding.since_s is None else finding.since_s
            account = accounts[key] = Account(key, since_s, now_s, finding)
        match finding.presence:
            case Presence.PRESENT:
                if account.phase is Phase.HELD and account.absent_since_s is not None:
                    account.begin_again(finding, now_s)
                account.found(finding, now_s)
            case Presence.ABSENT:
                account.missed(now_s)
            case Presence.OCCLUDED:
                account.hidden()

    def _without_finding(self, key: str, *, applies: bool) -> list[Incident]:
        """Judge a condition that the rule no longer speaks of."""
        account = self.keeper.accounts[self.rule.name][key]
        if not applies:
            return self._end(key, Step.CLEARED, "schedule")
        place = next((one for one in self.scene.places if key == f"place:{one.id}"), None)
        if place is not None and place.presence is not Presence.ABSENT:
            if account.phase is Phase.OPEN and place.subject not in self.rule.rule.subjects:
                return self._end(key, Step.WITHDRAWN, "explained")
            if account.phase is Phase.OPEN or place.presence is Presence.OCCLUDED:
                return []
        account.missed(self.scene.mono_s)
        return []

    def _advance(self, key: str) -> list[Incident]:
        accounts, now_s, terms = (
            self.keeper.accounts[self.rule.name],
            self.scene.mono_s,
            self.rule.terms,
        )
        account = accounts[key]
        match account.phase:
            case Phase.PENDING:
                stage = account.stage(terms, now_s)
                if stage is not None and not self.keeper.claimed(key, self.rule):
                    return [self._open(account, stage)]
                if account.lapsed(terms, now_s):
                    del accounts[key]
            case Phase.OPEN:
                if account.gone(terms, now_s):
                    return self._end(key, Step.CLEARED, "")
                return self._retell(account)
            case Phase.HELD:
                again = account.stage(terms, now_s) is Stage.CASE
                if again and not self.keeper.claimed(key, self.rule):
                    return [self._reopen(account)]
                if now_s - account.cleared_s > terms.hold_s:
                    del accounts[key]
        return []

    def _open(self, account: Account, stage: Stage) -> Incident:
        scene = self.scene
        first_seen = self._utc(account.since_s)
        incident = Incident(
            id=self.keeper.identify(scene.utc),
            revision=1,
            action=Step.OPENED,
            camera_id=self.keeper.camera_id,
            type=self.rule.rule.type,
            stage=stage,
            severity=account.severity(self.rule.terms),
            zone_id=self.rule.zone.id,
            place=self.rule.place,
            box=account.finding.box,
            first_seen_at=first_seen,
            opened_at=scene.utc,
            observed_at=scene.utc,
            cleared_at=None,
            dwell_s=scene.mono_s - account.since_s,
            confidence=account.finding.confidence,
            parts=account.finding.parts,
            evidence=account.finding.evidence,
            missing=account.finding.missing,
            confirmed=account.finding.confirmed,
            count=account.finding.count,
            label=account.finding.label,
            rule=self.applied,
        )
        account.phase = Phase.OPEN
        return self._told(account, incident)

    def _retell(self, account: Account) -> list[Incident]:
        """Return a new revision if a fact has changed since the last one."""
        before = account.incident
        finding = account.finding
        assert before is not None
        if finding.presence is not Presence.PRESENT:
            return []
        stage = account.stage(self.rule.terms, self.scene.mono_s)
        grown = stage is Stage.CASE and before.stage is Stage.WARNING
        stage = Stage.CASE if grown else before.stage
        severity = account.severity(self.rule.terms)
        changed = (severity, account.confirmed, finding.label, account.plate) != (
            before.severity,
            before.confirmed,
            before.label,
            before.plate,
        ) or _many_more(finding.count, before.count)
        # Without a network's word there is less to tell than was told.
        worse = before.confirmed and not finding.confirmed
        recently = self.scene.mono_s - account.told_s < TELL_AGAIN_S
        if not grown and (not changed or worse or recently):
            return []
        return [self._told(account, self._next(account, Step.UPDATED, stage=stage))]

    def _reopen(self, account: Account) -> Incident:
        assert account.incident is not None
        incident = self._next(account, Step.UPDATED, stage=Stage.CASE)
        account.phase = Phase.OPEN
        return self._told(account, replace(incident, reopened=account.incident.reopened + 1))

    def _next(self, account: Account, action: Step, *, stage: Stage) -> Incident:
        before = account.incident
        assert before is not None
        return replace(
            before,
            revision=before.revision + 1,
            action=action,
            stage=stage,
            severity=account.severity(self.rule.terms),
            box=account.finding.box,
            observed_at=self.scene.utc,
            cleared_at=None,
            dwell_s=self.scene.mono_s - account.since_s,
            confidence=account.finding.confidence,
            parts=account.finding.parts,
            evidence=account.finding.evidence,
            missing=account.finding.missing,
            confirmed=account.confirmed,
            count=account.finding.count,
            label=account.finding.label,
            reason="",
            plate=account.plate,
        )

    def _end(self, key: str, action: Step, reason: str) -> list[Incident]:
        """Clear or withdraw what is open; forget what is not."""
        accounts = self.keeper.accounts[self.rule.name]
        account = accounts.get(key)
        if account is None:
            return []
        if account.phase is not Phase.OPEN:
            if account.phase is Phase.PENDING:
                del accounts[key]
            return []
        before = account.incident
        assert before is not None
        ended_s = account.absent_since_s if action is Step.CLEARED else None
        ended_s = self.scene.mono_s if ended_s is None else ended_s
        account.phase, account.cleared_s = Phase.HELD, self.scene.mono_s
        account.absent_since_s = ended_s
        return [
            self._told(
                account,
                replace(
                    before,
                    revision=before.revision + 1,
                    action=action,
                    observed_at=self.scene.utc,
                    cleared_at=self._utc(ended_s) if action is Step.CLEARED else None,
                    dwell_s=ended_s - account.since_s,
                    reason=reason,
                    plate=account.plate,
                ),
            )
        ]

    def _told(self, account: Account, incident: Incident) -> Incident:
        account.incident = incident
        account.told_s = self.scene.mono_s
        return incident

    def _utc(self, mono_s: float) -> datetime:
        return self.scene.utc - timedelta(seconds=self.scene.mono_s - mono_s)
