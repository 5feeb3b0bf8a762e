#!/usr/bin/env python3
"""Writes the networks of these tests: constants in the shapes that real networks answer with.

Needs `pip install onnx numpy`. The same versions write the same bytes.
"""
import os

import numpy as np
from onnx import TensorProto, helper, numpy_helper, save

HERE = os.path.dirname(os.path.abspath(__file__))


def constant(name, array):
    return numpy_helper.from_array(np.asarray(array, dtype=np.float32), name)


def write(name, side, outputs, nodes, constants, free=False, element=TensorProto.FLOAT):
    sides = ["batch", 3, "height", "width"] if free else [1, 3, side, side]
    graph = helper.make_graph(
        nodes, name,
        [helper.make_tensor_value_info("data", TensorProto.FLOAT, sides)],
        [helper.make_tensor_value_info(label, element, shape) for label, shape in outputs],
        constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    save(model, os.path.join(HERE, name + ".onnx"))


def scrfd():
    """A face at the first anchor of the cell in row 2, column 3 of stride 8, in a picture of 64 x 64."""
    outputs, nodes, constants = [], [], []
    for kind, width in (("score", 1), ("bbox", 4), ("kps", 10)):
        for stride in (8, 16, 32):
            rows = (64 // stride) ** 2 * 2
            values = np.zeros((rows, width), np.float32)
            if stride == 8:
                values[(2 * 8 + 3) * 2] = {
                    1: [0.75], 4: [1, 1.5, 2, 2.5], 10: [0, 0, 1, 0, 0.5, 0.5, 0, 1, 1, 1]}[width]
            label = f"{kind}_{stride}"
            constants.append(constant(label + "_values", values))
            nodes.append(helper.make_node("Identity", [label + "_values"], [label]))
            outputs.append((label, [rows, width]))
    write("scrfd", 64, outputs, nodes, constants)


def means(name, side, scales, free=False):
    """The mean of each channel of what comes in, then zeros: 512 numbers."""
    begin = []
    source = "data"
    constants = [constant("zeros", np.zeros((1, 509)))]
    if scales:
        constants.append(constant("middle", 100.0))
        begin.append(helper.make_node("Sub", ["data", "middle"], ["centred"]))
        source = "centred"
    nodes = begin + [
        helper.make_node("ReduceMean", [source], ["mean"], axes=[2, 3], keepdims=0),
        helper.make_node("Concat", ["mean", "zeros"], ["embedding"], axis=1)]
    write(name, side, [("embedding", [1, 512])], nodes, constants, free)


def points(name, side, values, extra=False):
    """Constant points, and a first output that is none of the matter, if asked for."""
    values = np.asarray(values, np.float32).reshape(1, -1)
    nodes = [helper.make_node("Identity", ["values"], ["points"])]
    outputs = [("points", list(values.shape))]
    constants = [constant("values", values)]
    if extra:
        constants.append(constant("other", np.zeros((1, 7))))
        nodes.insert(0, helper.make_node("Identity", ["other"], ["features"]))
        outputs.insert(0, ("features", [1, 7]))
    write(name, side, outputs, nodes, constants)


def grid(count):
    """Point i at (i / 128, 1 - i / 128) of the unit square."""
    return [(i / 128, 1 - i / 128) for i in range(count)]


def external(name, deep):
    """Weights in a file that is not there: an initializer, or a constant in the branch of an if."""
    tensor = TensorProto(name="values", data_type=TensorProto.FLOAT, dims=[1, 136])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="weights.bin")
    result = helper.make_tensor_value_info("points", TensorProto.FLOAT, [1, 136])
    if not deep:
        node = helper.make_node("Identity", ["values"], ["points"])
        return write(name, 112, [("points", [1, 136])], [node], [tensor])
    branch = helper.make_graph(
        [helper.make_node("Constant", [], ["points"], value=tensor)], "branch", [], [result])
    truth = numpy_helper.from_array(np.asarray(True), "truth")
    node = helper.make_node("If", ["truth"], ["points"], then_branch=branch, else_branch=branch)
    write(name, 112, [("points", [1, 136])], [node], [truth])


scrfd()
external("external", deep=False)
external("external-deep", deep=True)
means("arcface", 112, scales=False)
means("arcface-bytes", 112, scales=True)
points("landmarks68", 112, grid(68))
points("landmarks98", 112, grid(98), extra=True)
points("landmarks106", 192, [(2 * x - 1, 2 * y - 1) for x, y in grid(106)])
points("surface68", 192, [(0, 0, 0)] * (1103 - 68) + [(2 * x - 1, 2 * y - 1, 9) for x, y in grid(68)])
points("unknown", 112, [(0, 0)] * 5)
write("integers", 112, [("shape", [4])],
      [helper.make_node("Shape", ["data"], ["shape"])], [], element=TensorProto.INT64)
