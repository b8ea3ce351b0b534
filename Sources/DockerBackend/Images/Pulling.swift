internal import ClusterModel
internal import DockerEngine
internal import Orchestration

extension DockerClusterBackend {
    /// Pulls an image that is not one of ours, with the login that this user has at its registry.
    func pull(_ image: String, progress: @escaping ProgressHandler) async throws {
        if [Topology.defaultNodeImage, Topology.defaultBalancerImage].contains(image) {
            throw ClusterError.missingImage(image)
        }
        progress("pulling \(image)")
        let entry = try logins.entry(for: image)
        var tally = PullTally(image: image)
        do {
            for try await event in try await client.pullImage(image, login: entry.login) {
                if let words = tally.take(event, at: .now) { progress(words) }
            }
        } catch {
            guard [.notFound, .permissionDenied, .serverError].contains(error.code) else { throw error }
            var missing = ClusterError.missingImage(image)
            missing.message = "the engine does not have it, and pulling it failed: \(error.message)"
            missing.details = [entry.words(RegistryLogins.registry(of: image))]
            throw missing
        }
    }
}

/// Adds the layers of a pull up, and tells of them once a second.
struct PullTally {
    let image: String
    private var layers: [String: (done: Int, all: Int)] = [:]
    private var told: ContinuousClock.Instant?

    init(image: String) { self.image = image }

    /// Takes an event; a sentence when there is news and it is time for it.
    mutating func take(_ event: PullProgress, at now: ContinuousClock.Instant) -> String? {
        guard let id = event.id, let done = event.current, let all = event.total, event.status == "Downloading" else {
            return nil
        }
        layers[id] = (done, all)
        if let told, now - told < .seconds(1) { return nil }
        told = now
        let (sum, whole) = layers.values.reduce((0, 0)) { ($0.0 + $1.done, $0.1 + $1.all) }
        return
            "pulling \(image): \(sum.byteText) of \(whole.byteText) so far, in \(layers.count == 1 ? "one layer" : "\(layers.count) layers")"
    }
}

extension RegistryLogins.Entry {
    fileprivate var login: RegistryLogin? {
        if case .login(let login) = self { login } else { nil }
    }

    /// What the registry was told, for somebody whose pull it refused.
    fileprivate func words(_ registry: String) -> String {
        switch self {
        case .login(let login): "\(registry) was told the login of \(login.user.isEmpty ? "a token" : login.user)"
        case .keptBy(let program):
            "your login at \(registry) is kept by \(program), which pgbc does not ask: docker pull can"
        case .nothing: "nobody is logged in at \(registry): docker login writes down what pgbc then uses"
        }
    }
}
