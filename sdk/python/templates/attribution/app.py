"""@TITLE@: credits every touch of a converting path alike."""

from wit_world import exports
from wit_world.exports.model import Credits

import model


class Model(exports.Model):
    pass
