// swift-tools-version: 6.2

import PackageDescription

/// One set of rules for every target.
///
/// A newer compiler must not break a user's build, so warnings are errors only where
/// `scripts/check` asks for it.
let strict: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .strictMemorySafety(),
    ] + (Context.environment["PROBER_STRICT"] == "1" ? [.treatAllWarnings(as: .error)] : [])

let package = Package(
    name: "prober",
    products: [
        .library(name: "Prober", targets: ["Prober"]),
        .library(name: "Reconcile", targets: ["Reconcile"]),
        .executable(name: "prober", targets: ["ProberCommand"]),
    ],
    traits: [
        .trait(name: "PacketCapture", description: "Link libpcap (needs libpcap-dev to build)"),
        .default(enabledTraits: ["PacketCapture"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"])]),
        .target(
            name: "Prober",
            dependencies: [
                "CLinux",
                .target(name: "CPcap", condition: .when(traits: ["PacketCapture"])),
                .product(name: "BasicContainers", package: "swift-collections"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Reconcile",
            dependencies: [
                "Prober",
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "Yams", package: "Yams"),
            ],
            resources: [.embedInCode("Output/Resources")],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "ProberCommand",
            dependencies: [
                "Prober", "Reconcile",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "FirewallBenchmark", dependencies: ["Prober", "Reconcile"],
            path: "Benchmarks/Firewall", swiftSettings: strict),
        .target(
            name: "TestSupport", dependencies: ["CLinux", "Prober"], path: "Tests/TestSupport",
            swiftSettings: strict),
        .target(name: "CPackets", path: "Tests/CPackets"),
        .target(
            name: "CAllocations", path: "Tests/CAllocations",
            cSettings: [.define("COUNT_ALLOCATIONS", .when(configuration: .release))]),
        .testTarget(
            name: "ProberTests",
            dependencies: [
                "CAllocations", "Prober", "TestSupport",
                .product(name: "BasicContainers", package: "swift-collections"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ReconcileTests",
            dependencies: [
                "Reconcile", "TestSupport",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ProberCommandTests", dependencies: ["ProberCommand"], swiftSettings: strict),
        .testTarget(
            name: "LabTests",
            dependencies: [
                "CPackets", "Prober", "ProberCommand", "Reconcile", "TestSupport",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
    ]
)

// `scripts/test` counts the allocations of the engine in a release build, which needs no more than this.
if Context.environment["PROBER_ENGINE_ONLY"] == "1" {
    let engine = ["CLinux", "CPcap", "Prober", "TestSupport", "CAllocations", "ProberTests"]
    package.products.removeAll { $0.name != "Prober" }
    package.targets.removeAll { !engine.contains($0.name) }
}
