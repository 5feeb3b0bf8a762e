#!/usr/bin/env python3
"""Has a teacher say who the faces of a list are: writes the list again, each face with its "embedding".

usage: teach.py LIST MODEL > TAUGHT    TAUGHT belongs beside LIST, whose pictures it names

MODEL is dlib's dlib_face_recognition_resnet_model_v1.dat, which is in the public domain (CC0). The pictures are
shown to it in grey, for the network that learns from it sees no colour, and as they are and in a mirror: the
mean of its two answers errs less than either. Needs numpy, Pillow and dlib; about a tenth of a second a face
where dlib was built without BLAS, as the wheels of its Python package are, and a sixth of that with.
"""

import json
import sys

import dlib
import numpy as np
from PIL import Image


def main():
    path, model = sys.argv[1:]
    folder = path.rsplit("/", 1)[0] if "/" in path else "."
    net = dlib.face_recognition_model_v1(model)
    faces = json.load(open(path))
    for count, face in enumerate(faces):
        picture = np.array(Image.open(f"{folder}/{face['file']}").convert("L").convert("RGB"))
        parts = dlib.points([dlib.point(int(x), int(y)) for x, y in np.round(face["landmarks68"])])
        box = dlib.rectangle(0, 0, picture.shape[1], picture.shape[0])
        chip = dlib.get_face_chip(picture, dlib.full_object_detection(box, parts), 150, 0.25)
        mirrored = np.ascontiguousarray(chip[:, ::-1])
        answer = (np.array(net.compute_face_descriptor(chip)) + net.compute_face_descriptor(mirrored)) / 2
        face["embedding"] = [round(float(number), 5) for number in answer]
        if count % 100 == 99:
            print(f"{count + 1} of {len(faces)}", file=sys.stderr)
    json.dump(faces, sys.stdout)


main()
