"""The examples in the documentation of every metric module are true."""

import doctest
import importlib
import pkgutil

import pytest

import daq.metrics

MODULES = [m.name for m in pkgutil.walk_packages(daq.metrics.__path__, "daq.metrics.")]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_are_true(name):
    failed, _ = doctest.testmod(importlib.import_module(name))

    assert failed == 0


def test_there_are_examples():
    tried = sum(doctest.testmod(importlib.import_module(name)).attempted for name in MODULES)

    assert tried >= 200
