// swift-tools-version:6.2
import PackageDescription

let package = Package(
    name: "pgbc",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "pgbc", targets: ["pgbc"]),
        .library(name: "PluginAPI", targets: ["PluginAPI"]),
        .library(name: "PgbcKit", targets: ["PgbcKit"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        .systemLibrary(name: "CLua", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"]), .brew(["lua@5.4"])]),
        .systemLibrary(name: "CPostgres", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .systemLibrary(name: "CEdit", providers: [.apt(["libedit-dev"]), .brew(["libedit"])]),
        .target(name: "CLuaBridge", dependencies: ["CLua"]),
        .target(name: "LuaRuntime", dependencies: ["CLuaBridge"], resources: [.embedInCode("Library")]),
        .target(name: "ClusterModel"),
        .target(name: "Orchestration", dependencies: ["ClusterModel"]),
        .target(name: "Simulation", dependencies: ["Orchestration", "ClusterModel"]),
        .target(
            name: "DockerEngine",
            dependencies: [
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        .target(
            name: "DockerBackend",
            dependencies: ["DockerEngine", "Orchestration", "ClusterModel", "CPostgres"],
            resources: [
                .embedInCode("Resources/node"), .embedInCode("Resources/images/postgres"),
                .embedInCode("Resources/images/balancer"),
            ]
        ),
        .target(name: "PluginAPI", dependencies: ["ClusterModel", "Orchestration"]),
        .target(
            name: "Scripting",
            dependencies: [
                "LuaRuntime", "Orchestration", "ClusterModel", "PluginAPI", .product(name: "Yams", package: "Yams"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            resources: [.embedInCode("prelude"), .embedInCode("recipes")]
        ),
        .target(
            name: "Commands",
            dependencies: [
                "Scripting", "PluginAPI", "Orchestration", "ClusterModel", "CEdit",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        .target(
            name: "PgbcKit",
            dependencies: [
                "Commands", "PluginAPI", "DockerBackend", "DockerEngine", "Simulation", "Orchestration",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]
        ),
        .executableTarget(name: "pgbc", dependencies: ["PgbcKit"]),

        .testTarget(name: "ArchitectureTests"),
        .testTarget(name: "ClusterModelTests", dependencies: ["ClusterModel"]),
        .target(
            name: "CBridgeScenarios",
            dependencies: ["CLuaBridge"],
            path: "Tests/CBridgeScenarios",
            exclude: ["main.c"]
        ),
        .testTarget(name: "LuaRuntimeTests", dependencies: ["LuaRuntime", "CBridgeScenarios"]),
        .target(
            name: "FakeBackend",
            dependencies: ["Commands", "Scripting", "Simulation", "Orchestration", "ClusterModel", "PluginAPI"],
            path: "Tests/FakeBackend"
        ),
        .testTarget(
            name: "ScriptingTests",
            dependencies: [
                "FakeBackend", "Commands", "Scripting", "LuaRuntime", "Orchestration", "ClusterModel", "PluginAPI",
            ]
        ),
        .testTarget(
            name: "CommandsTests",
            dependencies: [
                "FakeBackend", "Commands", "Scripting", "LuaRuntime", "Orchestration", "ClusterModel", "PluginAPI",
                .product(name: "Subprocess", package: "swift-subprocess"),
            ]
        ),
        .testTarget(
            name: "ExamplesTests",
            dependencies: [
                "Simulation", "FakeBackend", "Commands", "Scripting", "LuaRuntime", "Orchestration", "ClusterModel",
                "PluginAPI",
            ]
        ),
        .target(name: "EngineGate", dependencies: ["DockerEngine"], path: "Tests/EngineGate"),
        .testTarget(
            name: "DockerEngineTests",
            dependencies: [
                "DockerEngine", "EngineGate", "StubEngine", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        .target(
            name: "StubEngine",
            dependencies: [
                "DockerEngine", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/StubEngine"
        ),
        .testTarget(
            name: "DockerBackendTests",
            dependencies: ["DockerBackend", "DockerEngine", "Orchestration", "ClusterModel", "StubEngine"]
        ),
        .target(
            name: "WriteChecker",
            dependencies: ["CPostgres"],
            path: "Tests/WriteChecker",
            linkerSettings: [.linkedLibrary("pq")]
        ),
        .executableTarget(
            name: "pgbc-checker",
            dependencies: ["WriteChecker", .product(name: "Subprocess", package: "swift-subprocess")],
            path: "Tests/CheckerTool"
        ),
        .testTarget(name: "WriteCheckerTests", dependencies: ["WriteChecker"]),
        .testTarget(name: "IntegrationTests", dependencies: ["DockerEngine", "EngineGate", "WriteChecker"]),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "Simulation", "FakeBackend", "Commands", "Scripting", "LuaRuntime", "Orchestration", "ClusterModel",
                "PluginAPI",
            ]
        ),
        .testTarget(name: "OrchestrationTests", dependencies: ["Orchestration", "ClusterModel", "Simulation"]),
    ]
)

// One place for the rules that every Swift target of this package is built with.
for target in package.targets where target.type != .system {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .swiftLanguageMode(.v6),
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
            .treatAllWarnings(as: .error),
        ]
}
