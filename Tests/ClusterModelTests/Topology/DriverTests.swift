import ClusterModel
import Foundation
import Testing

@Suite struct `A balancer's driver` {
    private static let proxy = BalancerDriver(
        "proxy",
        program: "a proxy",
        images: ["proxy"],
        capabilities: [.membership],
        parameters: .declared([BalancerParameter(name: "timeout", type: .integer(range: 1...9, unit: nil))])
    )
    private static let drivers = BalancerDrivers(adding: [proxy])

    private func load(_ json: String, drivers: BalancerDrivers = Self.drivers) throws -> Topology {
        try Topology.load(Document(json: "{\"balancers\": [\(json)]}", source: "x"), source: "x", drivers: drivers)
    }

    private func problems(_ json: String, drivers: BalancerDrivers = Self.drivers) -> [String] {
        let error = #expect(throws: InvalidTopology.self) { try load(json, drivers: drivers) }
        return error?.problems.map(\.description) ?? []
    }

    @Test func `is the one that is named, or that claims the image, or pgpool-II`() throws {
        let balancers = try load(
            """
            {"name": "a", "driver": "proxy", "image": "any:1"}, {"name": "b", "image": "team/proxy-dev:2"}, {"name": "c"},
            {"name": "d", "driver": "pgpool", "image": "team/proxy:2"}
            """
        ).balancers
        #expect(balancers.map(\.driver.name) == ["proxy", "proxy", "pgpool", "pgpool"])
    }

    @Test func `of the longest beginning claims an image`() {
        let drivers = BalancerDrivers(adding: [
            Self.proxy, BalancerDriver("special", program: "special", images: ["proxy-special"]),
        ])
        #expect(drivers.driver(of: "proxy-special:1").name == "special")
        #expect(drivers.driver(of: "proxy-other").name == "proxy")
    }

    @Test func `survives a label, and a topology that is written out`() throws {
        let topology = try load(#"{"name": "a", "image": "proxy:1", "pool": {"timeout": 3}}"#)
        let balancer = topology.balancers[0]
        let label = try JSONEncoder().encode(balancer)
        #expect(try JSONDecoder().decode(BalancerSpec.self, from: label) == balancer)
        #expect(try Topology.load(topology.document, source: "x", drivers: Self.drivers) == topology)
        guard case .array(let written)? = topology.document["balancers"] else {
            Issue.record("it has no balancers")
            return
        }
        #expect(written.first?["driver"] == "proxy")
    }

    @Test func `that is pgbc's own is not in labels, which older ones read`() throws {
        let label = String(decoding: try JSONEncoder().encode(try load(#"{"name": "a"}"#).balancers[0]), as: UTF8.self)
        #expect(!label.contains("river"))
    }

    @Test func `that is not there is named with those that are`() {
        #expect(
            problems(#"{"name": "a", "driver": "proxi"}"#)
                == [#"balancers[0].driver = "proxi": this pgbc has no such driver; did you mean "proxy"?"#]
        )
    }

    @Test func `that has no image of its own needs one`() {
        #expect(
            problems(#"{"name": "a", "driver": "proxy"}"#)
                == [#"balancers[0].driver = "proxy": needs an image; name one as "image""#]
        )
    }

    @Test func `takes the parameters that it declares, and no others`() throws {
        #expect(
            try load(#"{"name": "a", "image": "proxy", "pool": {"timeout": 3}}"#).balancers[0].parameters
                == ["timeout": "3"]
        )
        let refused = problems(#"{"name": "a", "image": "proxy", "pool": {"timeout": 30, "num_init_children": 4}}"#)
        #expect(refused.count == 2)
        #expect(refused[1].contains("a proxy has no such parameter"), "\(refused)")
    }

    @Test func `that cannot hold clients is not asked to`() {
        #expect(problems(#"{"name": "a", "image": "proxy", "hold": true, "sync": 1}"#).count == 2)
    }

    @Test func `that is gone is read with nothing that it can`() throws {
        let topology = try load(
            #"{"name": "a", "driver": "gone", "pool": {"x": "1"}}"#,
            drivers: BalancerDrivers.own.lenient
        )
        #expect(topology.balancers[0].driver.name == "gone")
        #expect(topology.balancers[0].driver.capabilities.isEmpty)
    }

    @Test func `in a newer version makes no other container`() throws {
        let old = try load(#"{"name": "a", "image": "proxy"}"#).balancers[0]
        var newer = old
        newer.namedDriver?.capabilities = []
        #expect(newer.isSameContainer(as: old))
        newer.namedDriver?.name = "another"
        #expect(!newer.isSameContainer(as: old))
    }

    @Test(
        arguments: [
            (BalancerDriver("pgpool", program: "x"), "the driver pgpool: there is one of that name, for pgpool-II"),
            (BalancerDriver("x", program: "x", images: [""]), "the driver x: it claims every image"),
            (
                BalancerDriver("x", program: "x", images: ["pgbalancer"]),
                "the driver x: images that begin with pgbalancer belong to the driver pgbalancer"
            ),
        ]
    )
    func `that clashes is refused with the name of the other`(driver: BalancerDriver, reason: String) {
        #expect(BalancerDrivers.own.refusal(of: driver) == reason)
    }
}
