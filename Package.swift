// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

/// One strict set of settings for every target: the Swift 6 language mode, and warnings are errors.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// The pointer-handling targets also have to say where it is unsafe.
let strictMemory: [SwiftSetting] = strict + [.strictMemorySafety()]

let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")
let histogram: Target.Dependency = .product(name: "Histogram", package: "hdrhistogram-swift")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let textTable: Target.Dependency = .product(name: "TextTable", package: "TextTable")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

/// The targets of one layer, each in a folder of its own below the layer's.
func layer(_ folder: String, _ targets: [Target]) -> [Target] {
  for target in targets { target.path = "Sources/\(folder)/\(target.name)" }
  return targets
}

// The layers stand in the order of imports, and so do the targets within each: a target imports
// only targets above it.

let vocabulary = layer(
  "Vocabulary",
  [
    .target(name: "Quantities", swiftSettings: strict),
    .target(name: "MemoryRequests", dependencies: ["Quantities"], swiftSettings: strict),
    .target(name: "ShellWords", swiftSettings: strict),
    .target(name: "BootLoaders", dependencies: ["Quantities"], swiftSettings: strict),
    .target(
      name: "GuestRequests", dependencies: ["MemoryRequests", "Quantities", "ShellWords", system],
      swiftSettings: strict),
  ])

let host = layer(
  "Host",
  [
    .target(
      name: "HostProcesses", dependencies: ["ShellWords", subprocess, system],
      swiftSettings: strict),
    .systemLibrary(name: "CCrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "Digests", dependencies: ["CCrypto", "CZlib"], swiftSettings: strictMemory),
    .target(
      name: "HostFiles", dependencies: ["Digests", "HostProcesses", "Quantities", system],
      swiftSettings: strict),
    .target(
      name: "DebianPackages", dependencies: ["HostFiles", "HostProcesses", system],
      swiftSettings: strict),
    .systemLibrary(name: "CFDT", providers: [.apt(["libfdt-dev"])]),
    .target(name: "CUnicodeData"),
    .target(name: "CBuildCommit"),
    .target(name: "FlattenedTree", dependencies: ["CFDT"], swiftSettings: strictMemory),
    .target(name: "YAMLFiles", dependencies: [yams], swiftSettings: strict),
  ])

let inputs = layer(
  "Inputs",
  [
    .target(
      name: "Boards",
      dependencies: ["BootLoaders", "MemoryRequests", "Quantities", "YAMLFiles", system],
      swiftSettings: strict),
    .target(
      name: "BootLogs", dependencies: ["MemoryRequests", "Quantities"], swiftSettings: strict),
    .target(
      name: "DeviceTrees",
      dependencies: [
        "FlattenedTree", "HostFiles", "HostProcesses", "MemoryRequests", "Quantities", system,
      ],
      swiftSettings: strict),
    .target(
      name: "KernelFiles",
      dependencies: [
        "DebianPackages", "Digests", "FlattenedTree", "HostFiles", "HostProcesses", "Quantities",
        system,
      ],
      swiftSettings: strict),
    .target(
      name: "Kernels",
      dependencies: [
        "DebianPackages", "HostFiles", "HostProcesses", "KernelFiles", "MemoryRequests",
        "Quantities", "YAMLFiles", system,
      ],
      swiftSettings: strict),
  ])

let model = layer(
  "Model",
  [
    .target(
      name: "Predictions", dependencies: ["MemoryRequests", "Quantities"], swiftSettings: strict)
  ])

let guest = layer(
  "Guest",
  [
    .target(
      name: "GuestImages",
      dependencies: [
        "BootLoaders", "DebianPackages", "HostFiles", "HostProcesses", "Kernels", "Quantities",
        system,
      ],
      swiftSettings: strict),
    .target(
      name: "Emulator", dependencies: ["HostFiles", "HostProcesses", "Quantities", system],
      swiftSettings: strict),
    .target(
      name: "Guests",
      dependencies: [
        "DeviceTrees", "Emulator", "GuestImages", "HostFiles", "KernelFiles", "Kernels",
        "MemoryRequests", "Predictions", "Quantities", system,
      ],
      swiftSettings: strict),
  ])

let evidence = layer(
  "Evidence",
  [
    .target(name: "KernelConsole", swiftSettings: strict),
    .target(
      name: "Transcripts", dependencies: ["CZlib", "Emulator", "KernelConsole"],
      swiftSettings: strictMemory),
    .target(
      name: "Observations", dependencies: ["KernelConsole", "Quantities", "Transcripts"],
      swiftSettings: strict),
  ])

let judgement = layer(
  "Judgement",
  [
    .target(name: "CSchemas"),
    .target(
      name: "Records",
      dependencies: [
        "BootLogs", "CSchemas", "Digests", "Emulator", "GuestRequests", "HostFiles",
        "KernelConsole", "MemoryRequests", "Observations", "Predictions", "Quantities",
        "Transcripts", system,
      ],
      exclude: ["Schemas"],
      swiftSettings: strict),
    .target(
      name: "Verdicts",
      dependencies: [
        "Emulator", "KernelConsole", "MemoryRequests", "Observations", "Predictions", "Quantities",
        "Records", "Transcripts", histogram,
      ],
      swiftSettings: strict),
    .target(
      name: "Explanations",
      dependencies: [
        "BootLogs", "DeviceTrees", "FlattenedTree", "KernelConsole", "Predictions", "Quantities",
        "Records", "ShellWords",
      ],
      swiftSettings: strict),
    .target(
      name: "BoardImports",
      dependencies: [
        "BootLogs", "Explanations", "MemoryRequests", "Predictions", "Quantities", "Records",
      ],
      swiftSettings: strict),
    .target(
      name: "Advice",
      dependencies: [
        "Boards", "BootLoaders", "DeviceTrees", "FlattenedTree", "GuestRequests", "KernelConsole",
        "MemoryRequests", "Predictions", "Quantities", "Records",
      ],
      swiftSettings: strict),
  ])

let output = layer(
  "Output",
  [
    .target(name: "CTemplates"),
    .target(
      name: "Reports",
      dependencies: [
        "BootLogs", "CTemplates", "Digests", "GuestRequests", "HostFiles", "KernelConsole",
        "MemoryRequests", "Observations", "Predictions", "Quantities", "Records", "Transcripts",
        "YAMLFiles",
        mustache, system, textTable,
      ],
      exclude: ["HTML/Resources", "junit.mustache"],
      swiftSettings: strict),
  ])

let work = layer(
  "Work",
  [
    .target(
      name: "Runs",
      dependencies: [
        "Advice", "Boards", "DeviceTrees", "Emulator", "GuestImages", "GuestRequests", "Guests",
        "HostFiles", "HostProcesses", "KernelConsole", "KernelFiles", "Kernels", "MemoryRequests",
        "Observations", "Predictions", "Quantities", "Records", "Transcripts", "Verdicts", system,
      ],
      swiftSettings: strict),
    .target(
      name: "Matrix",
      dependencies: [
        "Boards", "GuestRequests", "HostFiles", "Quantities", "Records", "Runs", "Transcripts",
        "YAMLFiles", system,
      ],
      swiftSettings: strict),
    .target(
      name: "BatchJobs",
      dependencies: [
        "GuestRequests", "HostFiles", "HostProcesses", "Matrix", "Quantities", "Records",
        "ShellWords", "Transcripts", system,
      ],
      swiftSettings: strict),
    .target(
      name: "Conformance",
      dependencies: [
        "DeviceTrees", "Emulator", "GuestImages", "Guests", "HostFiles", "HostProcesses",
        "KernelConsole", "Kernels", "MemoryRequests", "Observations", "Predictions", "Quantities",
        "Records", "Transcripts", "Verdicts", system,
      ],
      swiftSettings: strict),
  ])

let frontEnd: [Target] = [
  .target(
    name: "Commands",
    dependencies: [
      "Advice", "BatchJobs", "BoardImports", "Boards", "BootLogs", "CBuildCommit", "Conformance",
      "DebianPackages", "DeviceTrees", "Emulator", "Explanations", "FlattenedTree", "GuestImages",
      "GuestRequests", "Guests", "HostFiles", "KernelFiles", "Kernels", "Matrix", "MemoryRequests",
      "Observations", "Predictions", "Quantities", "Records", "Reports", "Runs", "ShellWords",
      "Transcripts", "YAMLFiles",
      argumentParser, system, textTable,
    ],
    swiftSettings: strict),
  .executableTarget(
    name: "cmalab", dependencies: ["Commands", "CUnicodeData"], swiftSettings: strict),
  .executableTarget(
    name: "KernelAhead",
    dependencies: ["HostFiles", "HostProcesses", "Kernels", "Quantities", system],
    swiftSettings: strict),
]

let benchmarks = layer(
  "Benchmarks",
  [
    .executableTarget(
      name: "BootBenchmark",
      dependencies: [
        "HostFiles", "HostProcesses", "Predictions", "Quantities", "Records", system,
      ],
      swiftSettings: strict)
  ])

let tests: [Target] = [
  .testTarget(name: "QuantitiesTests", dependencies: ["Quantities"], swiftSettings: strict),
  .testTarget(
    name: "MemoryRequestsTests", dependencies: ["MemoryRequests", "Quantities"],
    swiftSettings: strict),
  .testTarget(
    name: "BootLoadersTests",
    dependencies: ["BoardLogs", "BootLoaders", "BootLogs", "Quantities"], swiftSettings: strict),
  .testTarget(
    name: "GuestRequestsTests",
    dependencies: ["GuestRequests", "MemoryRequests", "Quantities", "ShellWords", system],
    swiftSettings: strict),
  .testTarget(
    name: "CommandLineTests",
    dependencies: [
      "Boards", "Commands", "GuestRequests", "HostFiles", "HostProcesses", "Kernels", "Matrix",
      "MemoryRequests", "Quantities", "Records", "Reports", "Runs", "SampleRecords", "Transcripts",
      "YAMLFiles", argumentParser,
      system,
    ],
    swiftSettings: strict),
  .testTarget(
    name: "ProjectTests", dependencies: ["HostFiles", system], swiftSettings: strict),
  .testTarget(name: "FlattenedTreeTests", dependencies: ["FlattenedTree"], swiftSettings: strict),
  .testTarget(
    name: "DeviceTreesTests",
    dependencies: [
      "DeviceTrees", "FlattenedTree", "HostFiles", "HostProcesses", "MemoryRequests", "Quantities",
      system,
    ],
    swiftSettings: strict),
  .testTarget(name: "DigestsTests", dependencies: ["Digests"], swiftSettings: strict),
  .testTarget(
    name: "DebianPackagesTests", dependencies: ["DebianPackages", "HostFiles", system],
    swiftSettings: strict),
  .testTarget(
    name: "HostFilesTests", dependencies: ["HostFiles", "HostProcesses", "Quantities", system],
    swiftSettings: strict),
  .testTarget(
    name: "HostProcessesTests", dependencies: ["HostProcesses", system], swiftSettings: strict),
  .testTarget(
    name: "BoardsTests",
    dependencies: ["Boards", "BootLoaders", "MemoryRequests", "Quantities", "YAMLFiles", system],
    swiftSettings: strict),
  .testTarget(
    name: "ConformanceTests",
    dependencies: [
      "Boards", "Conformance", "Emulator", "Predictions", "Quantities", "Transcripts",
    ],
    swiftSettings: strict),
  .testTarget(
    name: "PredictionsTests",
    dependencies: ["FlattenedTree", "MemoryRequests", "Predictions", "Quantities"],
    swiftSettings: strict),
  .testTarget(
    name: "AdviceTests",
    dependencies: [
      "Advice", "Boards", "DeviceTrees", "FlattenedTree", "GuestRequests", "KernelConsole",
      "MadeUpGuests", "MemoryRequests", "Predictions", "Quantities", "Records", "YAMLFiles",
    ],
    swiftSettings: strict),
  .testTarget(
    name: "RunsTests",
    dependencies: [
      "DeviceTrees", "FlattenedTree", "GuestRequests", "HostFiles", "Kernels", "MemoryRequests",
      "Predictions", "Quantities", "Records", "Runs", "Transcripts", system,
    ],
    swiftSettings: strict),
  .testTarget(
    name: "RecordsTests",
    dependencies: ["Digests", "HostFiles", "HostProcesses", "Records", "Transcripts", system],
    exclude: ["Fixtures", "validate.py"], swiftSettings: strict),
  .testTarget(
    name: "ReportsTests",
    dependencies: [
      "Advice", "BootLogs", "GuestRequests", "HostFiles", "HostProcesses", "Observations",
      "Predictions", "Quantities", "Records", "Reports", system,
    ],
    exclude: ["Conformance", "Fixtures"], swiftSettings: strict),
  .target(
    name: "GuestConsoles", dependencies: ["MemoryRequests", "Quantities", "Records"],
    path: "Tests/GuestConsoles", resources: [.copy("Fixtures")], swiftSettings: strict),
  .target(
    name: "MadeUpGuests",
    dependencies: [
      "Advice", "Boards", "FlattenedTree", "GuestRequests", "MemoryRequests", "Predictions",
      "Quantities", "YAMLFiles",
    ],
    path: "Tests/MadeUpGuests", swiftSettings: strict),
  .target(
    name: "Fuzzing",
    dependencies: [
      "Advice", "BoardImports", "BoardLogs", "Boards", "BootLogs", "DeviceTrees", "Emulator",
      "Explanations", "FlattenedTree", "GuestConsoles", "GuestRequests", "HostFiles",
      "MadeUpGuests", "Matrix", "MemoryRequests", "Predictions", "Quantities", "Records",
      "Reports", "Transcripts", "Verdicts", "YAMLFiles", system,
    ],
    path: "Tests/Fuzzing", resources: [.copy("Corpus")], swiftSettings: strict),
  .testTarget(name: "FuzzingTests", dependencies: ["Fuzzing"], swiftSettings: strict),
  .target(
    name: "BoardLogs", path: "Tests/BoardLogs", resources: [.copy("Cases")],
    swiftSettings: strict),
  .testTarget(
    name: "BootLogsTests", dependencies: ["BoardLogs", "BootLogs", "Quantities"],
    swiftSettings: strict),
  .testTarget(
    name: "ExplanationsTests",
    dependencies: [
      "BoardLogs", "BootLogs", "DeviceTrees", "Explanations", "Predictions", "Quantities",
      "Records", system,
    ],
    swiftSettings: strict),
  .testTarget(
    name: "BoardImportsTests",
    dependencies: [
      "BoardImports", "BoardLogs", "Boards", "BootLogs", "DeviceTrees", "Explanations",
      "MemoryRequests", "Quantities", "Records", "YAMLFiles", system,
    ],
    swiftSettings: strict),
  .testTarget(
    name: "TranscriptsTests", dependencies: ["Emulator", "GuestConsoles", "Transcripts"],
    swiftSettings: strict),
  .testTarget(
    name: "KernelConsoleTests", dependencies: ["KernelConsole"], resources: [.copy("Fixtures")],
    swiftSettings: strict),
  .testTarget(
    name: "ObservationsTests",
    dependencies: ["GuestConsoles", "KernelConsole", "Observations", "Quantities", "Transcripts"],
    swiftSettings: strict),
  .testTarget(
    name: "VerdictsTests",
    dependencies: [
      "Emulator", "GuestConsoles", "MemoryRequests", "Observations", "Quantities", "Records",
      "Transcripts", "Verdicts",
    ],
    swiftSettings: strict),
  .testTarget(
    name: "GuestImagesTests",
    dependencies: ["GuestImages", "HostFiles", "HostProcesses", "Kernels", "Quantities", system],
    swiftSettings: strict),
  .testTarget(
    name: "GuestsTests",
    dependencies: [
      "DeviceTrees", "FlattenedTree", "GuestImages", "Guests", "HostFiles", "Kernels",
      "Predictions", "Quantities", system,
    ],
    swiftSettings: strict),
  .testTarget(
    name: "KernelFilesTests",
    dependencies: [
      "DebianPackages", "Digests", "HostFiles", "HostProcesses", "KernelFiles", "Quantities",
      system,
    ],
    swiftSettings: strict),
  .testTarget(
    name: "KernelsTests",
    dependencies: ["HostFiles", "Kernels", "MemoryRequests", "Quantities", "YAMLFiles", system],
    swiftSettings: strict),
  .testTarget(
    name: "EmulatorTests",
    dependencies: ["Emulator", "HostFiles", "HostProcesses", "Quantities", system],
    swiftSettings: strict),
  .target(
    name: "SampleRecords",
    dependencies: ["GuestRequests", "MemoryRequests", "Quantities", "Records", "Transcripts"],
    path: "Tests/SampleRecords", swiftSettings: strict),
  .testTarget(
    name: "MatrixTests",
    dependencies: [
      "GuestRequests", "HostFiles", "Matrix", "MemoryRequests", "Quantities", "Records",
      "SampleRecords", "Transcripts", "YAMLFiles", system,
    ],
    swiftSettings: strict),
  .testTarget(
    name: "BatchJobsTests",
    dependencies: [
      "BatchJobs", "Conformance", "GuestRequests", "HostFiles", "HostProcesses", "Matrix",
      "Quantities", "Records", "SampleRecords", "Transcripts", system, yams,
    ],
    swiftSettings: strict),
  .testTarget(
    name: "CommandsTests",
    dependencies: [
      "Advice", "BatchJobs", "BoardLogs", "Boards", "Conformance", "DebianPackages", "Emulator",
      "GuestRequests", "HostFiles", "HostProcesses", "Kernels", "Matrix", "MemoryRequests",
      "Observations", "Predictions",
      "Quantities", "Records", "Transcripts", system, yams,
    ],
    exclude: ["Reports", "Terminal"], swiftSettings: strict),
]

/// What libFuzzer drives. It is linked with that alone, which has its entry: see .ci/fuzz.
let fuzz: [Target] =
  Context.environment["CMALAB_LIBFUZZER"] == nil
  ? []
  : [
    .executableTarget(
      name: "Fuzz", dependencies: ["Fuzzing", "HostFiles", system], path: "Tests/Fuzz",
      swiftSettings: strict)
  ]

let package = Package(
  name: "cmalab",
  products: [
    .executable(name: "cmalab", targets: ["cmalab"]),
    .executable(name: "boot-benchmark", targets: ["BootBenchmark"]),
    .executable(name: "kernel-ahead", targets: ["KernelAhead"]),
  ],
  dependencies: [
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", exact: "0.2.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/ordo-one/TextTable", exact: "0.0.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
  ],
  targets: [
    vocabulary, host, inputs, model, guest, evidence, judgement, output, work, frontEnd, benchmarks,
    tests, fuzz,
  ].flatMap(\.self),
  cLanguageStandard: .c2x
)
