// swift-tools-version: 6.3
import PackageDescription

/// What every own target is held to; said once, here.
let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func module(_ name: String, uses dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(of name: String, uses dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies,
        swiftSettings: settings)
}

let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")

let package = Package(
    name: "customer-care",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-http-structured-headers", from: "1.7.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "CAssets",
            exclude: ["demo", "guides", "imports", "messages", "migrations", "tariffs"]),

        module("Reactor", uses: ["CLinux"]),
        module("HTTP", uses: ["Reactor", "CLinux"]),
        module("HTTPClient", uses: ["Reactor", "CCurl"]),
        module("Postgres", uses: ["Reactor", "CLibPQ", "CLinux"]),
        module("JSON"),
        module("Compression", uses: ["CZlib"]),
        module("Signing", uses: ["COpenSSL"]),
        module("Electricity"),
        module("Payments", uses: ["JSON", "Signing", "Electricity", "HTTPClient"]),
        module("Zalo", uses: ["JSON", "Signing", "HTTPClient"]),
        module(
            "CustomerCare",
            uses: [
                "Reactor", "HTTP", "HTTPClient", "Postgres", "JSON", "Signing", "Electricity",
                "Payments", "Zalo", "Compression", "CAssets", configuration, logging, metrics,
            ]),
        .executableTarget(
            name: "customer-care", dependencies: ["CustomerCare", argumentParser],
            swiftSettings: settings),

        tests(of: "Reactor"),
        tests(of: "HTTP", uses: ["Reactor"]),
        tests(of: "HTTPClient", uses: ["Reactor", "HTTP"]),
        tests(of: "Postgres", uses: ["Reactor"]),
        tests(of: "JSON"),
        tests(of: "Compression"),
        tests(
            of: "Signing",
            uses: [
                .product(name: "RawStructuredFieldValues", package: "swift-http-structured-headers")
            ]),
        tests(of: "Electricity"),
        tests(of: "Payments", uses: ["Electricity", "HTTPClient", "JSON"]),
        tests(of: "Zalo", uses: ["HTTPClient", "JSON"]),
        tests(
            of: "CustomerCare",
            uses: [
                "Reactor", "HTTP", "HTTPClient", "Postgres", "JSON", "Signing", "Electricity",
                "Payments", "Zalo", "Compression",
                .product(name: "Yams", package: "Yams"),
            ]),
        tests(
            of: "customer-care",
            uses: [
                "CustomerCare", "HTTPClient", argumentParser,
                .product(name: "Yams", package: "Yams"),
            ]),
        .testTarget(
            name: "StyleTests", dependencies: [.product(name: "Yams", package: "Yams")],
            swiftSettings: settings),
    ]
)
