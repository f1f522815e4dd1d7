// What was done, to be undone: whole states as text, so that nothing is shared by mistake.
const MOST = 100;

export class Undo {
  constructor(state) {
    this.states = [JSON.stringify(state)];
    this.at = 0;
  }

  /** Remember a state; return whether it is a new one. */
  note(state) {
    const text = JSON.stringify(state);
    if (text === this.states[this.at]) return false;
    this.states = [...this.states.slice(0, this.at + 1), text].slice(-MOST);
    this.at = this.states.length - 1;
    return true;
  }

  get canUndo() { return this.at > 0; }
  get canRedo() { return this.at < this.states.length - 1; }

  /** Go back (-1) or forth (+1) and return the state there. */
  go(by) {
    this.at = Math.min(Math.max(this.at + by, 0), this.states.length - 1);
    return JSON.parse(this.states[this.at]);
  }
}
