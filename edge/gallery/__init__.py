"""The residents' templates in memory: matrix, match, calibration, enrolment."""
