internal import ClusterModel

/// An image that pgbc brings the recipe of, so that nobody depends on somebody else's.
struct BundledImage: Sendable {
    let name: String
    let purpose: String
    let dockerfile: [UInt8]
    let files: [UploadFile]

    static let all = [node, balancer]

    static let node = BundledImage(
        name: Topology.defaultNodeImage,
        purpose: "PostgreSQL nodes",
        dockerfile: PackageResources.postgres_Dockerfile,
        files: []
    )

    static let balancer = BundledImage(
        name: Topology.defaultBalancerImage,
        purpose: "balancers (pgpool-II with REST)",
        dockerfile: PackageResources.balancer_Dockerfile,
        files: BalancerFiles.all
    )

    static let balancerFingerprint = balancer.fingerprint

    /// The build context, as the engine takes it.
    var context: [UploadFile] { [UploadFile("Dockerfile", bytes: dockerfile, mode: 0o644)] + files }

    /// Changes whenever the context does.
    var fingerprint: String { context.fingerprint }
}

extension [UploadFile] {
    /// Changes whenever a name or a file's contents does: 64-bit FNV-1a, in hexadecimal.
    var fingerprint: String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for file in self {
            for byte in file.path.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            for byte in file.bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        return String(hash, radix: 16)
    }
}
