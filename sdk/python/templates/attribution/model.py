"""The model: a class of the exported interface's own name."""

from wit_world.exports import model
from wit_world.exports.model import Credits


class Fit(model.Fit):
    def __init__(self, channels):
        self.conversions = [0.0] * channels
        self.value = [0.0] * channels

    @classmethod
    def start(cls, settings, channels):
        return cls(len(channels))

    def observe(self, paths):
        for path in range(len(paths.offset) - 1):
            first, end = paths.offset[path], paths.offset[path + 1]
            for touch in range(first, end):
                self.conversions[paths.channel[touch]] += paths.conversions[path] / (end - first)
                self.value[paths.channel[touch]] += paths.value[path] / (end - first)

    def credit(self):
        return Credits(self.conversions, self.value, [])
