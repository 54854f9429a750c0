"""What stands in the documents of a BIDS data set: fields and their meanings (BIDS 1.11.1, electromyography)."""

from collections.abc import Sequence
from typing import Any

from recordings.night_file.exporting import label_of
from recordings.night_file.segments import Segment
from recordings.night_file.stored_night import StoredNight
from signals import MUSCLES, GapReason, Modality

BIDS_VERSION = "1.11.1"
TASK = "sleep"
NOT_KNOWN = "n/a"

CHANNEL_COLUMNS = ("name", "type", "units", "sampling_frequency", "target_muscle")
TYPE_OF: dict[Modality, str] = {"EMG": "EMG", "ACC": "ACCEL"}

README = """# Nights of calf EMG and acceleration

Recorded at home with CrampWatch. A subject is a participant, a session a night, named by the date of its evening
(noon to noon), `acq` the leg, a run a stretch without interruption. Digital values of the EDF and BDF files are the
counts of the sensor's converter. What cannot be used stands in `events.tsv`, with its cause; its samples are counts
of 0, those of `lead_off` as they were taken. Times in `scans.tsv` and in the recordings are true local times; shift
them before the data set leaves the study.
"""

PARTICIPANTS = {"pseudonym": {"Description": "the name that the study gave the participant"}}

SCANS = {
    "filename": {"Description": "the recording"},
    "acq_time": {"Description": "local wall time of its first sample"},
}

_MEANINGS: dict[GapReason, str] = {
    GapReason.LINK_LOST: "the radio or the cable was lost, and the sensor no longer had the samples",
    GapReason.SENSOR_RESTART: "the sensor restarted",
    GapReason.SENSOR_FAULT: "the sensor sent what contradicts itself",
    GapReason.HOST_STOPPED: "the computer at the bedside did not record",
    GapReason.NOT_RECORDED: "no samples, for a cause that is not known, or after the end of the stream",
    GapReason.LEAD_OFF: "an electrode had no contact; the samples are there",
}

EVENTS = {
    "trial_type": {
        "Description": "why this stretch cannot be used, in all channels",
        "Levels": {reason.value: meaning for reason, meaning in _MEANINGS.items()},
    }
}


def description(software: Sequence[str]) -> dict[str, Any]:
    """Return `dataset_description.json`."""
    return {
        "Name": "Nights of calf EMG and acceleration, recorded with CrampWatch",
        "BIDSVersion": BIDS_VERSION,
        "DatasetType": "raw",
        "GeneratedBy": [{"Name": "CrampWatch", "Description": f"recorded by {', '.join(software)}"}],
    }


def sidecar(night: StoredNight, segment: Segment) -> dict[str, Any]:
    """Return `*_emg.json` of one segment; what the recorder does not know is left out."""
    header = night.header
    emg = header.streams[0]
    document: dict[str, Any] = {
        "TaskName": TASK,
        "TaskDescription": "a night in bed at home, with a sensor on the calf",
        "EMGPlacementScheme": "Other",
        "EMGPlacementSchemeDescription": (
            f"on the belly of the {_muscle(emg.channels[0].site)} as SENIAM describes it, put on by the wearer"
        ),
        "EMGReference": "Bipolar",
        "SamplingFrequency": emg.fs_hz,
        "PowerLineFrequency": NOT_KNOWN,
        "RecordingType": "continuous",
        "SoftwareFilters": NOT_KNOWN,
        "EMGChannelCount": len(emg.channels) if emg.name in segment.streams else 0,
        "RecordingDuration": segment.n_records * segment.record_s,
        "SoftwareVersions": header.software,
    }
    device = {
        "Manufacturer": header.device_make,
        "DeviceSerialNumber": header.device_serial,
        "FirmwareVersion": header.device_firmware,
    }
    return document | {field: value for field, value in device.items() if value}


def channels(night: StoredNight, segment: Segment) -> list[tuple[object, ...]]:
    """Return the rows of `*_channels.tsv`, in the order of the recording."""
    return [
        (
            label_of(channel),
            TYPE_OF[channel.modality],
            channel.unit,
            f"{stream.fs_hz:g}",
            _muscle(channel.site) if channel.modality == "EMG" else NOT_KNOWN,
        )
        for stream in night.streams
        if stream.name in segment.streams
        for channel in stream.channels
    ]


def _muscle(site: str | None) -> str:
    return MUSCLES.get(site or "", "muscle (not said which)")
