"""How well embeddings tell people apart: equal error rates on pairs of frames.

usage: embedding.py LIST EMBEDDINGS [--from PERSON]    embeddings by `facenet-bench embed`
       embedding.py LIST --hog TRAINBELOW [--from PERSON]    gradients, PCA and LDA, learnt below
       embedding.py LIST --dlib MODEL [--from PERSON]    dlib's network, by its Python package

Needs numpy; --hog and --dlib need Pillow, too.
"""

import json
import sys

import numpy as np

LIST = sys.argv[1]
FACES = json.load(open(LIST))


def option(name):
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else None


def embeddings_of_file(path):
    by_file = {entry["file"]: entry["embedding"] for entry in json.load(open(path))}
    return np.array([by_file[face["file"]] for face in FACES])


def picture(face):
    from PIL import Image

    folder = LIST.rsplit("/", 1)[0]
    return Image.open(f"{folder}/{face['file']}").convert("RGB")


def five_points(face):
    points = np.array(face["landmarks68"])
    return np.array([points[36:42].mean(0), points[42:48].mean(0), points[30], points[48], points[54]])


def dlib_embeddings(model):
    """The crop and the numbers of dlib's own example; 68 landmarks serve as its detector's would."""
    import dlib

    net = dlib.face_recognition_model_v1(model)
    answers = []
    for face in FACES:
        parts = dlib.points([dlib.point(int(x), int(y)) for x, y in np.round(face["landmarks68"])])
        whole = np.array(picture(face))
        box = dlib.rectangle(0, 0, whole.shape[1], whole.shape[0])
        shape = dlib.full_object_detection(box, parts)
        answers.append(np.array(net.compute_face_descriptor(whole, shape)))
    # Its metric is Euclidean: minus the squared distance is 2 x·y − |x|² − |y|².
    return np.array(answers)


def hog_embeddings(below):
    from PIL import Image

    target = np.array([(0.335, 0.39), (0.665, 0.39), (0.5, 0.58), (0.365, 0.76), (0.635, 0.76)]) * 96
    rows = []
    for face in FACES:
        source = five_points(face)
        p, q = source @ [1, 1j], target @ [1, 1j]
        turn = np.vdot(p - p.mean(), q - q.mean()) / np.vdot(p - p.mean(), p - p.mean())
        back, shift = 1 / turn, p.mean() - q.mean() / turn
        matrix = (back.real, -back.imag, shift.real, back.imag, back.real, shift.imag)
        square = picture(face).convert("L").transform((96, 96), Image.AFFINE, matrix, Image.BILINEAR)
        gy, gx = np.gradient(np.asarray(square, float))
        size, angle = np.hypot(gx, gy), np.arctan2(gy, gx) % np.pi
        bins = np.minimum((angle / np.pi * 9).astype(int), 8)
        cells = np.zeros((12, 12, 9))
        ys, xs = np.mgrid[:96, :96] // 8
        np.add.at(cells, (ys, xs, bins), size)
        blocks = [cells[y : y + 2, x : x + 2].ravel() for y in range(11) for x in range(11)]
        rows.append(np.concatenate([np.sqrt(b / (b.sum() + 1e-3)) for b in blocks]))
    rows = np.array(rows)
    people = np.array([face["person"] for face in FACES])
    known = people < below
    mean = rows[known].mean(0)
    _, sizes, axes = np.linalg.svd(rows[known] - mean, full_matrices=False)
    rows = (rows - mean) @ axes[:150].T
    centres = {p: rows[known & (people == p)].mean(0) for p in set(people[known])}
    within = rows[known] - np.array([centres[p] for p in people[known]])
    between = np.array(list(centres.values()))
    scatter = np.cov(within.T) + 0.05 * np.trace(np.cov(within.T)) / 150 * np.eye(150)
    values, vectors = np.linalg.eigh(scatter)
    white = vectors / np.sqrt(values)
    _, _, axes = np.linalg.svd(between @ white, full_matrices=False)
    rows = rows @ white @ axes[:60].T
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def figures(own, others):
    """Equal error rate, area under the curve, share accepted where 1 of 100 others is."""
    limits = np.unique(np.concatenate([own, others]))
    missed = np.searchsorted(np.sort(own), limits) / len(own)
    taken = 1 - np.searchsorted(np.sort(others), limits) / len(others)
    at = np.argmin(np.abs(missed - taken))
    ranks = np.searchsorted(np.sort(others), own, "left") + np.searchsorted(np.sort(others), own, "right")
    accepted = np.mean(own > np.quantile(others, 0.99))
    return (missed[at] + taken[at]) / 2, ranks.mean() / 2 / len(others), accepted


def report(name, own, others):
    rate, area, accepted = figures(own, others)
    print(
        f"{name}: {len(own)} pairs of one, {len(others)} of two: equal error {100 * rate:.1f} %,"
        f" area {area:.4f}, accepted at 1 % false {100 * accepted:.1f} %"
    )
    return rate


def rates_of_draws(embeddings, people, videos, draws=500, bins=1000):
    """Equal error rates across videos, of people drawn anew with repetition."""
    squares = (embeddings**2).sum(1)
    likeness = 2 * embeddings @ embeddings.T - squares[:, None] - squares[None]
    edges = np.linspace(likeness.min(), likeness.max() + 1e-6, bins + 1)
    rows = [np.flatnonzero(people == name) for name in sorted(set(people))]
    own = np.zeros((len(rows), bins))
    others = np.zeros((len(rows), len(rows), bins))
    for i, mine in enumerate(rows):
        apart = videos[mine][:, None] != videos[mine][None]
        own[i] = np.histogram(likeness[np.ix_(mine, mine)][np.triu(apart)], edges)[0]
        for j in range(i):
            others[i, j] = np.histogram(likeness[np.ix_(mine, rows[j])], edges)[0]
    generator = np.random.default_rng(0)
    rates = []
    for _ in range(draws):
        times = np.bincount(generator.integers(len(rows), size=len(rows)), minlength=len(rows))
        missed = np.cumsum(times @ own)
        taken = np.cumsum(np.einsum("i,j,ijb->b", times, times, others))
        missed, taken = missed / missed[-1], 1 - taken / taken[-1]
        at = np.argmin(np.abs(missed - taken))
        rates.append((missed[at] + taken[at]) / 2)
    return rates


def main():
    if "--dlib" in sys.argv:
        embeddings = dlib_embeddings(option("--dlib"))
    elif "--hog" in sys.argv:
        embeddings = hog_embeddings(option("--hog"))
    else:
        embeddings = embeddings_of_file(sys.argv[2])
    people = np.array([face["person"] for face in FACES])
    videos = np.array([face["video"] for face in FACES])
    kept = people >= (option("--from") or "")
    embeddings, people, videos = embeddings[kept], people[kept], videos[kept]
    squares = (embeddings**2).sum(1)
    likeness = 2 * embeddings @ embeddings.T - squares[:, None] - squares[None]
    first, second = np.triu_indices(len(people), 1)
    likeness = likeness[first, second]
    one = people[first] == people[second]
    same_video = videos[first] == videos[second]
    print(f"{len(set(people))} people, {len(set(videos))} videos, {len(people)} frames")
    report("across videos", likeness[one & ~same_video], likeness[~one])
    report("within a video", likeness[one & same_video], likeness[~one])
    # A track is the mean of a video's frames.
    names = sorted(set(videos))
    tracks = np.array([embeddings[videos == name].mean(0) for name in names])
    owners = np.array([people[videos == name][0] for name in names])
    first, second = np.triu_indices(len(names), 1)
    distance = ((tracks[first] - tracks[second]) ** 2).sum(1)
    one = owners[first] == owners[second]
    report("tracks", -distance[one], -distance[~one])
    low, high = np.quantile(rates_of_draws(embeddings, people, videos), [0.025, 0.975])
    print(f"across videos, 95 % of draws of people: {100 * low:.1f} to {100 * high:.1f} %")


main()
