import DockerEngine
import Testing

@testable import DockerBackend
@testable import DockerEngine

@Suite struct `The tally of a pull` {
    @Test func `adds the layers up, and tells of them once a second`() {
        var tally = PullTally(image: "r.example/pg:15")
        let begin = ContinuousClock.now
        let layer = { PullProgress(status: "Downloading", id: $0, current: $1, total: 3 << 20) }
        #expect(
            tally.take(PullProgress(status: "Pulling fs layer", id: "a", current: nil, total: nil), at: begin) == nil
        )
        #expect(
            tally.take(layer("a", 1 << 20), at: begin)
                == "pulling r.example/pg:15: 1.0 MB of 3.0 MB so far, in one layer"
        )
        #expect(tally.take(layer("b", 512 << 10), at: begin + .milliseconds(900)) == nil)
        #expect(
            tally.take(layer("a", 2 << 20), at: begin + .seconds(1))
                == "pulling r.example/pg:15: 2.5 MB of 6.0 MB so far, in 2 layers"
        )
        #expect(
            tally.take(PullProgress(status: "Extracting", id: "a", current: 1, total: 2), at: begin + .seconds(9))
                == nil
        )
    }
}
