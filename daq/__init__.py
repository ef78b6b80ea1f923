"""limb-daq: bytes of force plates and dynamometers in, left against right and values with their uncertainty out."""

__version__ = "0.1.0"
