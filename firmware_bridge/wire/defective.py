"""What parts of the codec raise among themselves; the decoder counts it."""

from firmware_bridge.readings import Defect


class DefectiveFrameError(ValueError):
    """A frame that cannot be used, and what is wrong with it."""

    def __init__(self, defect: Defect) -> None:
        super().__init__(f"a frame is {defect}")
        self.defect = defect
