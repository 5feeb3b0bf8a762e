#!/usr/bin/env python3
"""Do others read what `curate manifest export` and `pack` write, unedited?

usage: exports.py CURATE

Needs: pip install datasets webdataset mlcroissant jsonschema pillow (`make exports-check` does that).
A workspace is made of clips of synthetic people. Each line of the manifest is held against
the JSON schema; then Hugging Face's datasets, webdataset, Python's csv and mlcroissant read the exports,
and what they read is compared with the manifest: how many, which columns, which split, and the pixels.
"""
import collections
import csv
import hashlib
import importlib.metadata
import json
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_OFFLINE"] = "1"


def run(*command):
    subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL)


def make_workspace(curate, folder):
    clips, workspace = folder / "clips", folder / "workspace"
    run(curate, "sample", clips, "--seconds", "4", "--quiet")
    run(curate, "init", workspace)
    for name in ["alice", "bob"]:
        run(curate, "--workspace", workspace, "import", "--quiet", "--identity", name,
            *sorted(clips.glob(f"{name}-?.mp4")))
    run(curate, "--workspace", workspace, "export", "pair", "--source", "identity = alice",
        "--target", "identity = bob", "--faces", "60", "--validation", "0.5")
    return workspace


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def check(condition, reason):
    if not condition:
        sys.exit(f"FAILED: {reason}")


def check_schema(lines):
    import jsonschema

    path = pathlib.Path(__file__).parent.parent / "manifests" / "manifest.schema.json"
    schema = json.loads(path.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)

    def validator(name):
        part = {"$ref": f"#/$defs/{name}", "$defs": schema["$defs"]}
        return jsonschema.Draft202012Validator(part)

    validator("header").validate(lines[0])
    rows = validator("row")
    for row in lines[1:]:
        rows.validate(row)
    jsonschema.Draft202012Validator(schema).validate(lines[1])
    broken = dict(lines[1], extra=1)
    check(not rows.is_valid(broken), "an unknown key passes the schema")
    print(f"schema: the header and {len(lines) - 1} rows are valid")


def check_imagefolder(folder, rows):
    import datasets

    datasets.disable_progress_bars()
    for how, data in [("imagefolder", {"data_dir": str(folder)}), (str(folder), {})]:
        loaded = datasets.load_dataset(how, **data)
        count = 0
        for split, table in loaded.items():
            for row in table:
                known = rows[row["id"]]
                check(split == known["split"], f"{row['id']} is in the split {split}")
                check(row["image"].size == (known["crop"]["size"],) * 2, "an image has another size")
                check(abs(row["weight"] - known["weight"]) < 1e-9, "a weight differs")
                check(row["landmarks"][135] == known["landmarks"][67][1], "a landmark differs")
                check(row["quality_sharpness"] == known["quality"]["sharpness"], "a measure differs")
                count += 1
        check(count == len(rows), f"{count} faces instead of {len(rows)}")
        check(set(loaded) == {"train", "validation"}, f"splits are {set(loaded)}")
        types = {name: str(kind) for name, kind in loaded["train"].features.items()}
        check("Image" in types["image"] and "float64" in types["weight"], f"types are {types}")
    print(f"imagefolder: {count} faces, {len(types)} columns, splits "
          + ", ".join(f"{name} {table.num_rows}" for name, table in loaded.items()))


def check_webdataset(folder, rows):
    import webdataset

    shards = sorted(str(path) for path in folder.glob("*.tar"))
    count = 0
    for sample in webdataset.WebDataset(shards, shardshuffle=False).decode("pil"):
        known = rows[sample["json"]["id"]]
        check(sample["json"] == known, "a row differs")
        check(sample["jpg"].size == (known["crop"]["size"],) * 2, "an image has another size")
        check(sample["__key__"] == known["id"], "a key is not the id")
        count += 1
    check(count == len(rows), f"{count} faces instead of {len(rows)}")
    print(f"webdataset: {count} faces of {len(shards)} shards")


def check_csv(folder, rows):
    with open(folder / "pair.csv", newline="") as file:
        table = list(csv.DictReader(file, strict=True))
    check(len(table) == len(rows), f"{len(table)} lines instead of {len(rows)}")
    for line in table:
        known = rows[line["id"]]
        check(line["why"] == known["why"] and float(line["pose_w"]) == known["pose"]["w"], "a line differs")
        check(float(line["landmarks_67_y"]) == known["landmarks"][67][1], "a landmark differs")
    print(f"csv: {len(table)} faces, {len(table[0])} columns")


def check_croissant(folder, rows):
    import logging

    import mlcroissant

    logging.getLogger("absl").setLevel(logging.ERROR)  # The same is asked for below.
    dataset = mlcroissant.Dataset(jsonld=str(folder / "croissant.json"))
    check(not dataset.metadata.issues.errors, dataset.metadata.issues.report())
    splits = [text(record["splits/name"]) for record in dataset.records("splits")]
    check(splits == ["train", "validation"], f"splits are {splits}")
    count, seen = 0, collections.Counter()
    for record in dataset.records("faces"):
        known = rows[text(record["faces/id"])]
        check(text(record["faces/split"]) == known["split"], "a split differs")
        check(record["faces/image"].size == (known["crop"]["size"],) * 2, "an image has another size")
        check(len(record["faces/landmarks"]) == 136, "landmarks are cut")
        check(abs(record["faces/weight"] - known["weight"]) < 1e-9, "a weight differs")
        seen[record["faces/id"]] += 1
        count += 1
    check(count == len(rows) and max(seen.values()) == 1, f"{count} faces instead of {len(rows)}")
    described = json.loads((folder / "croissant.json").read_text())
    for file in described["distribution"]:
        if "sha256" in file:
            found = hashlib.sha256((folder / file["contentUrl"]).read_bytes()).hexdigest()
            check(found == file["sha256"], f"{file['@id']} has another hash")
    print(f"croissant: {count} faces, conforms to {described['conformsTo']}")
    for warning in sorted(dataset.metadata.issues.warnings):
        print(f"  mlcroissant warns: {warning}")


def check_same_bytes(curate, workspace, folder):
    """One and two threads, other languages and time zones: the same files."""
    hashes = set()
    locales = folder / "locales"
    locales.mkdir()
    for name in ["tr_TR", "de_DE"]:
        run("localedef", "-i", name, "-f", "UTF-8", locales / f"{name}.UTF-8")
    settings = [["taskset", "-c", "0"], ["LC_ALL=C", "TZ=UTC"]]
    for name, zone in [("tr_TR", "Asia/Kathmandu"), ("de_DE", "America/St_Johns")]:
        language = f"{name}.UTF-8"
        settings.append([f"LOCPATH={locales}", f"LC_ALL={language}", f"LANG={language}", f"TZ={zone}"])
    for number, setting in enumerate(settings):
        command = ["env", *setting, curate, "--workspace", workspace]
        run(*command, "export", "again", "--force", "--source", "identity = alice", "--target",
            "identity = bob", "--faces", "50", "--limit", "2.5")
        digest = hashlib.sha256()
        for layout in ["imagefolder", "csv", "croissant"]:
            out = folder / f"again-{number}-{layout}"
            run(*command, "manifest", "export", "again", out, "--as", layout, "--quiet")
            for path in sorted(out.rglob("*")):
                if path.is_file():
                    digest.update(f"{path.relative_to(out)}\n".encode() + path.read_bytes())
        hashes.add((digest.hexdigest(), (workspace / "manifests/again.jsonl").read_bytes()))
    check(len(hashes) == 1, "the bytes depend on threads, language or time zone")
    print(f"same bytes: manifest and exports, {len(settings)} settings of threads, locale and time zone")


def main():
    curate = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        os.environ["HF_HOME"] = str(folder / "cache")
        os.environ["CROISSANT_CACHE"] = str(folder / "croissant-cache")
        workspace = make_workspace(curate, folder)
        with open(workspace / "manifests" / "pair.jsonl") as file:
            lines = [json.loads(line) for line in file]
        rows = {row["id"]: row for row in lines[1:]}
        print(", ".join(
            f"{name} {importlib.metadata.version(name)}"
            for name in ["datasets", "webdataset", "mlcroissant", "jsonschema", "pillow"]))
        check_schema(lines)
        command = [curate, "--workspace", workspace, "manifest"]
        for layout in ["imagefolder", "csv", "croissant"]:
            run(*command, "export", "pair", folder / layout, "--as", layout, "--quiet")
        run(*command, "pack", "pair", folder / "pack", "--quiet")
        check_imagefolder(folder / "imagefolder", rows)
        check_webdataset(folder / "pack", rows)
        check_csv(folder / "csv", rows)
        check_croissant(folder / "croissant", rows)
        check_same_bytes(curate, workspace, folder)


if __name__ == "__main__":
    main()
