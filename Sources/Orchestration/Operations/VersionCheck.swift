internal import ClusterModel

/// Looks whether the images that nodes would get can read their data.
struct VersionCheck {
    let backend: any ClusterBackend
    /// Told how far a pull is; without it an image that is not there is left alone.
    let pulling: ProgressHandler?
    /// One sentence for each balancer whose nodes would get an image that cannot read their data.
    private(set) var refusals: [String] = []
    /// Images that are not there and were left alone.
    private(set) var unseen: [String] = []

    init(_ backend: any ClusterBackend, pulling: ProgressHandler?) {
        self.backend = backend
        self.pulling = pulling
    }

    /// What a reader is told of images that were left alone.
    var notes: [String] {
        unseen.map {
            "\($0) is not there, so which PostgreSQL it holds is not known: apply pulls it, and refuses another major version"
        }
    }

    mutating func look(at planner: Planner) async throws {
        for seen in planner.observed.balancers {
            guard seen.upgrade?.isUnfinished != true, let wanted = planner.desired.balancer(seen.spec.name) else {
                continue
            }
            for image in changedImages(of: seen, to: wanted, in: planner.desired) {
                if let refusal = try await refusal(of: image, for: seen) { refusals.append(refusal) }
            }
        }
    }

    private func changedImages(of seen: ObservedBalancer, to wanted: BalancerSpec, in desired: Topology) -> [String] {
        let images = wanted.nodes.compactMap { node -> String? in
            guard let found = seen.nodes.first(where: { $0.spec.id == node.id }), found.container != nil,
                let new = desired.resolved(node).image, found.spec.image != new
            else { return nil }
            return new
        }
        return Set(images).sorted()
    }

    private mutating func refusal(of image: String, for seen: ObservedBalancer) async throws -> String? {
        guard let new = try await major(of: image) else { return nil }
        let answering = seen.primary?.postgres?.major ?? seen.nodes.lazy.compactMap { $0.postgres?.major }.first
        guard let old = try await known(answering, seen.nodes.first?.spec.image), old != new else { return nil }
        return "image: \(seen.spec.name) holds data of PostgreSQL \(old), and \(image) is PostgreSQL \(new); "
            + (new > old
                ? "pgbc upgrade --image \(image) takes the data there"
                : "pgbc upgrade --rollback goes back after an upgrade")
    }

    private mutating func known(_ version: Int?, _ image: String?) async throws -> Int? {
        if let version { return version }
        guard let image else { return nil }
        return try await major(of: image)
    }

    private mutating func major(of image: String) async throws -> Int? {
        do {
            return try await backend.postgresVersion(of: image, pulling: pulling)?.majorVersion
        } catch let error as ClusterError {
            guard pulling == nil, error.code == .notFound else { throw error }
            if !unseen.contains(image) { unseen.append(image) }
            return nil
        }
    }
}

extension Orchestrator {
    /// The version of PostgreSQL in an image; `nil` where this backend cannot tell. An image that is not there is pulled, of which the
    /// reader is told.
    func version(of image: String) async throws -> String? {
        try await backend.postgresVersion(of: image, pulling: telling)
    }

    /// Tells the reader.
    var telling: ProgressHandler {
        let events = events
        return { events.receive(.note($0)) }
    }
}

extension String {
    /// The number that a version of PostgreSQL begins with.
    var majorVersion: Int? { Int(prefix { $0.isNumber }) }
}
