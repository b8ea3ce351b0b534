import ClusterModel
import Testing

@Suite struct AddressTests {
    @Test(arguments: ["0.0.0.0", "127.0.0.1", "172.30.1.20", "255.255.255.255"])
    func `an address is written as it was read`(text: String) {
        #expect(IPv4Address(text)?.description == text)
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.-1", "1.2.3.04", "1.2.3.x", " 1.2.3.4", "1.2..4", "::1",
        "１.2.3.4",
    ])
    func `anything else is not an address`(text: String) {
        #expect(IPv4Address(text) == nil)
    }

    @Test func `addresses are ordered by number`() throws {
        #expect(try #require(IPv4Address("10.0.0.9")) < (try #require(IPv4Address("10.0.0.10"))))
    }

    @Test func `a subnet knows its addresses`() throws {
        let subnet = try #require(Subnet("172.30.0.0/16"))
        #expect(subnet.description == "172.30.0.0/16")
        #expect(subnet.defaultGateway.description == "172.30.0.1")
        #expect(subnet.broadcast.description == "172.30.255.255")
        #expect(subnet.host(266).description == "172.30.1.10")
        #expect(subnet.hostNumbers == 1..<65535)
        #expect(subnet.contains(try #require(IPv4Address("172.30.200.1"))))
        #expect(!subnet.contains(try #require(IPv4Address("172.31.0.1"))))
    }

    @Test(arguments: [
        "172.30.0.0", "172.30.0.0/33", "172.30.0.0/", "172.30.1.0/16", "172.30.0.0/1x", "/16", "172.30.0.0/-1", "x/8",
    ])
    func `anything else is not a subnet`(text: String) {
        #expect(Subnet(text) == nil)
    }

    @Test(arguments: [
        ("172.28.0.0/16", "172.28.4.0/24", true), ("172.28.4.0/24", "172.28.0.0/16", true),
        ("172.28.0.0/16", "172.29.0.0/16", false), ("0.0.0.0/0", "10.0.0.0/8", true),
        ("10.0.0.0/32", "10.0.0.1/32", false),
    ])
    func `subnets overlap if one holds the other`(left: String, right: String, expected: Bool) throws {
        #expect(try #require(Subnet(left)).overlaps(try #require(Subnet(right))) == expected)
    }

    @Test(arguments: [
        ("postgres:17", "postgres", "17"), ("pgbalancer:latest", "pgbalancer", "latest"),
        ("registry.example:5000/team/postgres:17-alpine", "postgres", "17-alpine"),
        ("localhost/pgbalancer-ci", "pgbalancer-ci", nil),
        ("postgres@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "postgres", nil),
    ])
    func `an image reference has a repository and perhaps a tag`(text: String, lastPart: String, tag: String?) throws {
        let reference = try #require(ImageReference(text))
        #expect(reference.lastPart == lastPart)
        #expect(reference.tag == tag)
    }

    @Test(arguments: [
        "", "Postgres", "postgres:", "postgres:1 7", "a//b", "-x", "x-", "postgres@sha256:xyz", "a b", ":17", "/x",
    ])
    func `anything else is not an image reference`(text: String) {
        #expect(ImageReference(text) == nil)
    }

    @Test func `the image decides the driver`() {
        #expect(BalancerDriver(image: nil) == .pgpool)
        #expect(BalancerDriver(image: "pgbalancer:latest") == .pgbalancer)
        #expect(BalancerDriver(image: "registry.example/team/pgbalancer-dev:1") == .pgbalancer)
        #expect(BalancerDriver(image: "pgbalancer/pgpool:4") == .pgpool)
    }
}
