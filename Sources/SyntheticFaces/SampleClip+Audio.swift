import FaceCore
import Foundation

extension SampleClip {
  /// Babble that follows the jaw: mono, −1 to 1, as long as the clip.
  ///
  /// A buzz at the person's pitch through three resonances whose places follow jaw and lips, and a
  /// hiss where a syllable begins. Source of the method: Klatt, "Software for a
  /// Cascade/Parallel Formant Synthesizer", 1980.
  public func audio(rate: Int = 48_000) -> (rate: Int, samples: [Float]) {
    let count = frames * rate / framesPerSecond
    var samples = [Float](repeating: 0, count: count)
    var generator = SeededGenerator(seed: performance.seed, stream: 4)
    // A narrow neck stands for a high voice.
    let voice = 158 * pow(2, -0.38 * identity.shape.neckWidth)
    let size = pow(2, -0.1 * identity.shape.neckWidth)
    var resonators = [Resonator(), Resonator(), Resonator()]
    var phase: Float = 0
    for syllable in performance.syllables {
      let first = max(0, Int(syllable.start * Double(rate)))
      let last = min(count, Int((syllable.start + syllable.length) * Double(rate)))
      guard first < last else { continue }
      let formants = Self.formants(syllable)
      for (i, formant) in formants.enumerated() {
        resonators[i].tune(
          frequency: formant * size, bandwidth: 60 + 50 * Float(i), rate: Float(rate))
      }
      for n in first..<last {
        let time = Double(n) / Double(rate)
        let level = syllable.envelope(time)
        let along = Float((time - syllable.start) / syllable.length)
        phase += voice * syllable.pitch * (1 + 0.02 * sin(Float(time) * 31)) / Float(rate)
        if phase >= 1 { phase -= 1 }
        // A glottal pulse: rises, falls, rests.
        let pulse = phase < 0.6 ? sin(.pi * phase / 0.6) * (1 - phase) : 0
        let noise = Float.random(in: -1...1, using: &generator)
        let breath = noise * (0.03 + 0.35 * smoothstep(0.22, 0, along))
        var sound = (pulse - 0.3) * 0.8 + breath
        for i in resonators.indices { sound = resonators[i].filter(sound) }
        samples[n] += sound * level * (0.25 + syllable.jaw)
      }
    }
    let peak = samples.reduce(0) { max($0, abs($1)) }
    if peak > 0 { for n in samples.indices { samples[n] *= 0.6 / peak } }
    return (rate, samples)
  }

  /// The first three resonances of the mouth's shape, in hertz.
  private static func formants(_ syllable: Performance.Syllable) -> [Float] {
    let open = syllable.jaw
    let round = syllable.pucker
    return [
      mix(280, 780, min(1, open * 1.5)),
      round > 0 ? mix(1300, 750, round) : mix(1300, 2150, -round),
      mix(2550, 2250, max(0, round)),
    ]
  }
}

/// A resonance with two poles.
private struct Resonator {
  private var a: Float = 1
  private var b: Float = 0
  private var c: Float = 0
  private var last: Float = 0
  private var before: Float = 0

  mutating func tune(frequency: Float, bandwidth: Float, rate: Float) {
    c = -exp(-2 * .pi * bandwidth / rate)
    b = 2 * exp(-.pi * bandwidth / rate) * cos(2 * .pi * frequency / rate)
    a = 1 - b - c
  }

  mutating func filter(_ input: Float) -> Float {
    let output = a * input + b * last + c * before
    before = last
    last = output
    return output
  }
}
