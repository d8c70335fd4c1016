"""How a training goes, reported to whatever shows or keeps it while it runs.

from grader.monitor import Monitor

with Monitor("visdom", "csv:run.csv") as monitor:
    monitor.line(step, "train_loss", loss=loss)
    monitor.epoch(epoch, train_loss=0.31, test_acc=0.92)

A backend that is not there or does not answer is spoken of once, and never stops or slows a
training.
"""

from grader.monitor.monitor import Monitor
from grader.monitor.show import show_images

__all__ = ["Monitor", "show_images"]
