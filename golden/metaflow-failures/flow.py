"""@retry repeats a step, @catch goes on after what failed: an exception, a time limit, or the death of the process."""
import os
import signal
import time

from metaflow import FlowSpec, catch, current, environment, retry, step, timeout


class FailuresFlow(FlowSpec):
    @retry(times=2)
    @step
    def start(self):
        if current.retry_count < 2:
            raise ValueError("not yet")
        self.tries = current.retry_count + 1
        self.next(self.raises)

    @catch(print_exception=False)
    @retry(times=1)
    @step
    def raises(self):
        self.kept = current.retry_count
        raise KeyError("gone")
        self.next(self.slow)

    @catch(var="error")
    @timeout(seconds=1)
    @step
    def slow(self):
        time.sleep(60)
        self.next(self.told)

    @step
    def told(self):
        trace = str(self.error)  # the same on every machine, so that what uses it can come from the cache
        assert 'File "flow.py", line 30, in slow' in trace and 'time.sleep(60)' in trace and os.sep + "flow.py" not in trace, trace
        self.kind, self.error = self.error.type, None
        self.next(self.dies)

    @catch
    @environment(vars={"HOW": "9"})
    @step
    def dies(self):
        self.lost = True
        os.kill(os.getpid(), int(os.environ["HOW"]))
        time.sleep(60)
        self.next(self.end)

    @catch(var="fine")
    @step
    def end(self):
        self.has_lost = hasattr(self, "lost")
        assert signal.SIGKILL == 9


if __name__ == "__main__":
    FailuresFlow()
