"""A certificate and a mount to matrices: outputs to limbs, and outputs to the moments that give the centre of pressure."""

from __future__ import annotations

import numpy as np

import calibration
from calibration import Calibration, CalibrationError
from daq.block import Limb
from daq.driver import Described, Floats
from daq.rig import Mount
from daq.units import clean_name


def calibration_for(mount: Mount, held: Calibration | None, described: Described) -> Calibration:
    """The certificate that fits what the device says of itself; its own unit where there is none.

    Raises
    ------
    CalibrationError
        The certificate belongs to another device, or names other channels.
    """
    if held is None:
        return calibration.from_unit(described.unit, described.channels, serial=described.serial)
    if held.serial and described.serial and held.serial != described.serial:
        message = (
            f"The certificate of {mount.name} belongs to the device {held.serial}, but this is "
            f"{clean_name(described.serial)}; put the right device there or name the right certificate in the rig."
        )
        raise CalibrationError(message)
    if held.channels != described.channels:
        message = (
            f"The certificate of {mount.name} has the channels {', '.join(held.channels)}, "
            f"but the device sends {clean_name(', '.join(described.channels))}; name the right certificate in the rig."
        )
        raise CalibrationError(message)
    return held


def selection(mount: Mount, limbs: tuple[Limb, ...], held: Calibration) -> Floats:
    """Outputs of the certificate to limbs: a matrix of 0 and 1, (n_outputs, n_limbs)."""
    if not mount.limbs:
        return np.ones((len(held.outputs), 1))
    for names in mount.limbs.values():
        for name in names:
            if name not in held.outputs:
                message = f"The certificate of {mount.name} has no output {name}; it has: {', '.join(held.outputs)}."
                raise CalibrationError(message)
    columns = [[float(output in mount.limbs[limb]) for output in held.outputs] for limb in limbs]
    return np.array(columns).T


def levers(mount: Mount, held: Calibration) -> Floats | None:
    """Outputs to moments about the middle of the rig, right and forward, N m: (n_outputs, 2); None without a plate.

    Raises
    ------
    CalibrationError
        The rig says where the corners are, but the certificate does not call its outputs tl, tr, bl, br.
    """
    if mount.plate is None:
        return None
    cells_m = mount.plate.cells_m
    if set(held.outputs) != set(cells_m):
        message = (
            f"The rig gives the corners of {mount.name}, so its certificate needs the outputs {', '.join(cells_m)};"
            f" it has: {', '.join(held.outputs)}."
        )
        raise CalibrationError(message)
    return np.array([cells_m[output] for output in held.outputs])
