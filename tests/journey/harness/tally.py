"""What became of the cases of a suite that others wrote."""


class Tally:
    def __init__(self, suite):
        self.suite = suite
        self.passed = 0
        self.applicable = 0
        self.excluded = {}

    def exclude(self, case, reason):
        self.excluded[case] = reason

    def summary(self):
        lines = [f"{self.suite}: {self.passed} passed of {self.applicable} applicable, {len(self.excluded)} excluded"]
        return "\n".join(lines + [f"  excluded {case}: {reason}" for case, reason in sorted(self.excluded.items())])
