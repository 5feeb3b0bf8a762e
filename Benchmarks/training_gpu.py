#!/usr/bin/env python3
"""`df` trained by PyTorch on a GPU in bfloat16, next to ours in one run, turn about.

The same model, losses (mean absolute difference and structural dissimilarity in two windows, pixels
weighed; the mask's) and optimiser, on random faces: as one writes it for a GPU (channels last, autocast,
both sides at once, fused Adam, cuDNN told to try), and the same through torch.compile. Theirs has its
faces on the GPU from the start, ours brings them there each step.

Usage: training_gpu.py TRAINING-BENCH [--resolution 256] [--batch 32] [--rounds 5] [--steps 10] [--peak TFLOPS]
"""
import argparse
import math
import statistics
import subprocess
import time

import torch
from torch import nn
from torch.nn import functional as F

CODE, ENCODER, DECODER, MASK = 256, 64, 64, 22


def double(inside, outside):
    return nn.Sequential(nn.Conv2d(inside, 4 * outside, 3, padding=1), nn.LeakyReLU(0.1), nn.PixelShuffle(2))


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        return F.leaky_relu(x + self.second(F.leaky_relu(self.first(x), 0.2)), 0.2)


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        face, mask = [], []
        inside = CODE
        for times in (8, 4, 2):
            face += [double(inside, DECODER * times), Residual(DECODER * times)]
            inside = DECODER * times
        inside = CODE
        for times in (8, 4, 2):
            mask += [double(inside, MASK * times)]
            inside = MASK * times
        self.face = nn.Sequential(*face, nn.Conv2d(DECODER * 2, 3, 1))
        self.mask = nn.Sequential(*mask, nn.Conv2d(MASK * 2, 1, 1))

    def forward(self, code):
        return torch.sigmoid(self.face(code).float()), torch.sigmoid(self.mask(code).float())


class Model(nn.Module):
    def __init__(self, side):
        super().__init__()
        encoder, inside, small = [], 3, side // 16
        for times in (1, 2, 4, 8):
            encoder += [nn.Conv2d(inside, ENCODER * times, 5, stride=2, padding=2), nn.LeakyReLU(0.1)]
            inside = ENCODER * times
        self.encoder = nn.Sequential(
            *encoder, nn.Flatten(), nn.Linear(inside * small * small, CODE), nn.Linear(CODE, CODE * small * small),
            nn.Unflatten(1, (CODE, small, small)), double(CODE, CODE))
        self.source, self.target = Decoder(), Decoder()

    def forward(self, faces):
        a, b = self.encoder(faces).chunk(2)
        return *self.source(a), *self.target(b)


class Structure(nn.Module):
    def __init__(self, taps):
        super().__init__()
        deviation = 1.5 * max(1, taps / 11)
        bell = torch.tensor([math.exp(-(((i - (taps - 1) / 2) / deviation) ** 2) / 2) for i in range(taps)])
        self.register_buffer("bell", (bell / bell.sum()).repeat(3, 1, 1, 1))
        self.margin = taps // 2

    def mean(self, x):
        return F.conv2d(F.conv2d(x, self.bell, groups=3), self.bell.transpose(2, 3), groups=3)

    def forward(self, answer, wanted, weights):
        mx, my = self.mean(answer), self.mean(wanted)
        xx, yy = self.mean(answer * answer) - mx * mx, self.mean(wanted * wanted) - my * my
        xy = self.mean(answer * wanted) - mx * my
        likeness = ((2 * mx * my + 1e-4) * (2 * xy + 9e-4)) / ((mx * mx + my * my + 1e-4) * (xx + yy + 9e-4))
        m = self.margin
        inner = weights[:, :, m:-m, m:-m]
        return (inner * (1 - likeness) / 2).sum((1, 2, 3)) / (3 * inner.sum((1, 2, 3)))


class Loss(nn.Module):
    def __init__(self):
        super().__init__()
        self.windows = nn.ModuleList([Structure(23), Structure(11)])

    def forward(self, answer, mask, wanted, weights):
        inside = 0.1 + 0.9 * weights
        loss = (inside * (answer - wanted).abs()).sum((1, 2, 3)) / (3 * inside.sum((1, 2, 3)))
        for window in self.windows:
            loss = loss + window(answer, wanted, inside) / 2
        return (loss + 10 * (mask - weights).square().mean((1, 2, 3))).mean()


class Torch:
    def __init__(self, name, side, batch, compiled):
        torch.manual_seed(1)
        self.name = name
        self.model = Model(side).cuda().to(memory_format=torch.channels_last)
        self.loss = Loss().cuda()
        self.adam = torch.optim.Adam(self.model.parameters(), lr=5e-5, betas=(0.5, 0.999), eps=1e-7, fused=True)
        self.input = torch.rand(2 * batch, 3, side, side, device="cuda").to(memory_format=torch.channels_last)
        self.wanted = [torch.rand(batch, 3, side, side, device="cuda") for _ in range(2)]
        self.masks = [torch.rand(batch, 1, side, side, device="cuda") for _ in range(2)]
        self.work = torch.compile(self.whole) if compiled else self.whole

    def whole(self):
        with torch.autocast("cuda", torch.bfloat16):
            answers = self.model(self.input)
        return sum(self.loss(answers[2 * i], answers[2 * i + 1], self.wanted[i], self.masks[i]) for i in range(2))

    def run(self, steps):
        start = time.perf_counter()
        for _ in range(steps):
            self.adam.zero_grad()
            loss = self.work()
            loss.backward()
            self.adam.step()
            loss.item()
        return time.perf_counter() - start


class Ours:
    def __init__(self, program, side, batch):
        self.process = subprocess.Popen(
            [program, "df", str(side), "0", "torch-half", str(batch)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline().strip()
        self.operations = float(line.split(" TFLOP")[0].split()[-1])
        self.name = "curate: " + line

    def run(self, steps):
        self.process.stdin.write(f"{steps}\n")
        self.process.stdin.flush()
        taken = float(self.process.stdout.readline().split()[0])
        # The last step's way back is still on the GPU.
        time.sleep(0.2)
        return taken


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--resolution", type=int, default=256)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--peak", type=float, default=989.4, help="of the card in bfloat16; an H100's or H200's")
    options = parser.parse_args()
    if not torch.cuda.is_available():
        print("no GPU here: its steps are not measured")
        return
    torch.backends.cudnn.benchmark = True
    print(f"PyTorch {torch.__version__}, {torch.cuda.get_device_name()}")
    side, batch = options.resolution, options.batch
    ours = Ours(options.program, side, batch)
    runs = [
        ours,
        Torch("as written for a GPU", side, batch, False),
        Torch("the same through torch.compile", side, batch, True),
    ]
    for run in runs:
        start = time.perf_counter()
        run.run(5)
        print(f"warm after {time.perf_counter() - start:.1f} s: {run.name}", flush=True)
    rates = [[] for _ in runs]
    for _ in range(options.rounds):
        for run, all_rates in zip(runs, rates):
            all_rates.append(options.steps / run.run(options.steps))
    for run, all_rates in zip(runs, rates):
        rate = statistics.median(all_rates)
        ratio = statistics.median(a / b for a, b in zip(rates[0], all_rates))
        print(
            f"{rate:6.2f} steps/s (best {max(all_rates):.2f}), {rate * ours.operations / options.peak:.3f} of the "
            f"peak, ours {ratio:.2f} times as fast: {run.name}")
    print(f"memory of both of theirs: {torch.cuda.max_memory_allocated() / 2**30:.1f} GiB")


main()
