// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]
/// Everywhere but where pixels and tensors are touched through pointers.
let safe = strict + [.strictMemorySafety()]

/// dlib is an option: `make dlib` builds with it.
let withDlib = Context.environment["CURATE_DLIB"] == "1"
let dlib: [SwiftSetting] = withDlib ? [.define("DLIB")] : []

let arguments: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let toml: Target.Dependency = .product(name: "TOMLKit", package: "TOMLKit")

let libraries: [Target] = [
  .target(name: "FaceCore", dependencies: ["CPixels", crypto], swiftSettings: safe),
  .target(
    name: "Media", dependencies: ["FaceCore", "CFFmpeg", "CImageCodecs"], swiftSettings: strict),
  .target(
    name: "Networks", dependencies: ["FaceCore", "COpenBLAS", "CKernels", "CTorch"],
    swiftSettings: strict),
  .target(name: "SyntheticFaces", dependencies: ["FaceCore"], swiftSettings: strict),
  .target(name: "Catalog", dependencies: ["FaceCore", grdb], swiftSettings: safe),
  .target(
    name: "Align",
    dependencies: ["FaceCore", "Networks", "CFaceNets"] + (withDlib ? ["CDlib"] : []),
    swiftSettings: safe + dlib),
  .target(name: "Augment", dependencies: ["FaceCore"], swiftSettings: safe),
  .target(name: "Trainer", dependencies: ["FaceCore", "Media", "Networks"], swiftSettings: safe),
  .target(
    name: "FaceNetTraining",
    dependencies: ["FaceCore", "Media", "Networks", "SyntheticFaces", "Align"],
    swiftSettings: strict),
  .target(name: "OnnxModels", dependencies: ["FaceCore", "COnnxRuntime"], swiftSettings: safe),
]

// Static: the shared libdlib would load OpenBLAS before the engine can choose its kernels.
let dlibShim: Target = .target(
  name: "CDlib", cxxSettings: [.define("NDEBUG"), .unsafeFlags(["-O3"])],
  linkerSettings: [.linkedLibrary(":libdlib.a")])

let shims: [Target] =
  [
    .target(
      name: "CFFmpeg",
      linkerSettings: [
        .linkedLibrary("avformat"), .linkedLibrary("avcodec"), .linkedLibrary("avutil"),
        .linkedLibrary("swscale"), .linkedLibrary("swresample"),
      ]),
    .target(
      name: "CImageCodecs", linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png")]),
    .target(name: "COpenBLAS", linkerSettings: [.linkedLibrary("dl")]),
    // The weights become part of the program, so that it runs wherever it is copied to.
    .target(
      name: "CFaceNets", exclude: ["weights"],
      cSettings: [.unsafeFlags(["-Wno-c23-extensions"])]),
    .target(name: "COnnxRuntime", linkerSettings: [.linkedLibrary("dl")]),
    // The plugin is C++ over PyTorch's headers, which `make engine` compiles.
    .target(name: "CTorch", exclude: ["plugin"], linkerSettings: [.linkedLibrary("dl")]),
    // A square root that sets errno is a call for each number.
    .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3", "-fno-math-errno"])]),
    .target(name: "CPixels", cSettings: [.unsafeFlags(["-O3", "-ffp-contract=off"])]),
  ] + (withDlib ? [dlibShim] : [])

let command: [Target] = [
  .executableTarget(
    name: "curate",
    dependencies: [
      "FaceCore", "Media", "Networks", "SyntheticFaces", "Catalog", "Align", "Augment", "Trainer",
      "OnnxModels", "FaceNetTraining", arguments, toml,
    ],
    swiftSettings: safe + dlib)
]

/// Not part of what is shipped: what RESULTS.md is measured with.
let benchmarks: [Target] = [
  .executableTarget(
    name: "catalog-bench", dependencies: ["Catalog", "FaceCore", grdb],
    path: "Benchmarks/Catalog", swiftSettings: strict),
  .executableTarget(
    name: "dedup-bench", dependencies: ["FaceCore", "Media", "SyntheticFaces"],
    path: "Benchmarks/Dedup", swiftSettings: strict),
  .executableTarget(
    name: "analysis-bench",
    dependencies: ["Align", "FaceCore", "Media", "Networks", "SyntheticFaces", "Trainer"],
    path: "Benchmarks/Analysis", swiftSettings: strict),
  .executableTarget(
    name: "detection-bench", dependencies: ["Align", "FaceCore", "Media", "SyntheticFaces"],
    path: "Benchmarks/Detection", swiftSettings: strict + dlib),
  .executableTarget(
    name: "downstream-bench",
    dependencies: ["Align", "FaceCore", "Media", "Networks", "SyntheticFaces", "Trainer"],
    path: "Benchmarks/Downstream", swiftSettings: strict),
  .executableTarget(
    name: "facenet-bench",
    dependencies: ["Align", "Augment", "FaceCore", "FaceNetTraining", "Media", "Networks"],
    path: "Benchmarks/FaceNets", swiftSettings: strict + dlib),
  .executableTarget(
    name: "loader-bench", dependencies: ["FaceCore", "Media", "Trainer"], path: "Benchmarks/Loader",
    swiftSettings: strict),
  .executableTarget(
    name: "selection-bench", dependencies: ["Augment", "FaceCore"], path: "Benchmarks/Selection",
    swiftSettings: strict),
  .executableTarget(
    name: "training-bench", dependencies: ["Networks", "Trainer"], path: "Benchmarks/Training",
    swiftSettings: strict),
]

let tests: [Target] = [
  .target(
    name: "TestSupport", dependencies: ["FaceCore", "Networks"], path: "Tests/TestSupport",
    swiftSettings: strict),
  .testTarget(name: "FaceCoreTests", dependencies: ["FaceCore"], swiftSettings: strict),
  .testTarget(
    name: "MediaTests", dependencies: ["TestSupport", "FaceCore", "Media"], swiftSettings: strict),
  .testTarget(
    name: "NetworksTests", dependencies: ["TestSupport", "FaceCore", "Networks"],
    swiftSettings: strict),
  .testTarget(
    name: "SyntheticFacesTests", dependencies: ["FaceCore", "SyntheticFaces"],
    swiftSettings: strict),
  .testTarget(
    name: "CatalogTests", dependencies: ["TestSupport", "FaceCore", "Catalog", grdb],
    swiftSettings: strict),
  .testTarget(
    name: "AlignTests",
    dependencies: [
      "TestSupport", "FaceCore", "Media", "Networks", "SyntheticFaces", "Align", "Trainer",
    ],
    swiftSettings: strict + dlib),
  .testTarget(
    name: "FaceNetTrainingTests",
    dependencies: ["FaceCore", "Media", "Networks", "SyntheticFaces", "Align", "FaceNetTraining"],
    swiftSettings: strict + dlib),
  .testTarget(name: "AugmentTests", dependencies: ["FaceCore", "Augment"], swiftSettings: strict),
  .testTarget(
    name: "TrainerTests",
    dependencies: ["TestSupport", "FaceCore", "Media", "Networks", "Trainer"],
    swiftSettings: strict),
  .testTarget(
    name: "OnnxModelsTests", dependencies: ["TestSupport", "FaceCore", "Media", "OnnxModels"],
    exclude: ["Fixtures"], swiftSettings: strict),
  .testTarget(name: "LayeringTests", swiftSettings: strict),
  .testTarget(
    name: "CurateTests",
    dependencies: ["TestSupport", "FaceCore", "Media", "SyntheticFaces", "curate"],
    swiftSettings: strict),
]

let package = Package(
  name: "curate",
  products: [
    .executable(name: "curate", targets: ["curate"]),
    .library(name: "FaceCore", targets: ["FaceCore"]),
    .library(name: "Media", targets: ["Media"]),
    .library(name: "Networks", targets: ["Networks"]),
    .library(name: "SyntheticFaces", targets: ["SyntheticFaces"]),
    .library(name: "Catalog", targets: ["Catalog"]),
    .library(name: "Align", targets: ["Align"]),
    .library(name: "Augment", targets: ["Augment"]),
    .library(name: "Trainer", targets: ["Trainer"]),
    .library(name: "OnnxModels", targets: ["OnnxModels"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
  ],
  targets: libraries + shims + command + benchmarks + tests,
  cxxLanguageStandard: .cxx17)
