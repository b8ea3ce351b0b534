internal import ClusterModel

extension Orchestrator {
    /// One sentence for each balancer whose nodes would get an image that cannot read their data.
    func versionRefusals(_ planner: Planner) async throws -> [String] {
        var refusals: [String] = []
        for seen in planner.observed.balancers {
            guard seen.upgrade?.isUnfinished != true, let wanted = planner.desired.balancer(seen.spec.name) else {
                continue
            }
            for image in changedImages(of: seen, to: wanted, in: planner.desired) {
                if let refusal = try await refusal(of: image, for: seen) { refusals.append(refusal) }
            }
        }
        return refusals
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

    private func refusal(of image: String, for seen: ObservedBalancer) async throws -> String? {
        guard let new = try await major(of: image) else { return nil }
        let answering = seen.primary?.postgres?.major ?? seen.nodes.lazy.compactMap { $0.postgres?.major }.first
        guard let old = try await known(answering, seen.nodes.first?.spec.image), old != new else { return nil }
        return "image: \(seen.spec.name) holds data of PostgreSQL \(old), and \(image) is PostgreSQL \(new); "
            + (new > old
                ? "pgbc upgrade --image \(image) takes the data there"
                : "pgbc upgrade --rollback goes back after an upgrade")
    }

    private func known(_ version: Int?, _ image: String?) async throws -> Int? {
        if let version { return version }
        guard let image else { return nil }
        return try await major(of: image)
    }
}
