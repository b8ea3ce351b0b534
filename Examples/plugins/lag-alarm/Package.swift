// swift-tools-version:6.2
import PackageDescription

// Two plugins in Swift, and a pgbc that contains them. scripts/plugin-example builds and runs it in the build folder of pgbc itself;
// elsewhere: swift run --package-path Examples/plugins/lag-alarm pgbc-with-lag-alarm --help
let package = Package(
    name: "lag-alarm",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "pgbc", path: "../../..")],
    targets: [
        .target(name: "LagAlarm", dependencies: [.product(name: "PluginAPI", package: "pgbc")]),
        .target(name: "TcpProxy", dependencies: [.product(name: "PluginAPI", package: "pgbc")]),
        .executableTarget(
            name: "pgbc-with-lag-alarm",
            dependencies: ["LagAlarm", "TcpProxy", .product(name: "PgbcKit", package: "pgbc")]
        ),
    ]
)
