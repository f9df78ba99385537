"""What held and what did not: lines of progress, and the two counts in the end."""
import time


class Report:
    """Counts what held and what did not, and says what is being done."""

    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.begin = time.monotonic()

    def say(self, text):
        """One line of progress."""
        print(f"    {time.monotonic() - self.begin:6.1f} s  {text}", flush=True)

    def expect(self, name, holds, detail=""):
        """Counts one expectation; `detail` tells what was seen."""
        if holds:
            self.passed += 1
        else:
            self.failed += 1
        mark = "ok  " if holds else "FAIL"
        self.say(f"{mark}  {name}" + (f": {detail}" if detail != "" else ""))
        return holds


REPORT = Report()
say = REPORT.say
expect = REPORT.expect
