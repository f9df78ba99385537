import HTTP
import Logging
import Postgres
import Testing

@testable import CustomerCare

/// The least that a service needs.
private let sufficient = [
    "CUSTOMER_CARE_DATABASE_URL": "postgresql://care:s3cret@db:5432/care?sslmode=verify-full",
    "CUSTOMER_CARE_MASTER_KEY_FILE": "/run/secrets/master-key",
]

private func read(
    _ changes: [String: String] = [:], without missing: String? = nil, file: String? = nil,
    requiringMasterKey: Bool = true
) throws(ConfigurationError) -> Configuration {
    var environment = sufficient.merging(changes) { $1 }
    if let missing { environment[missing] = nil }
    return try Configuration.read(
        environment: environment, requiringMasterKey: requiringMasterKey, processorCount: 3,
        readFile: { $0 == "/etc/care.env" ? file.map { Array($0.utf8) } : nil })
}

private func faults(
    _ changes: [String: String] = [:], without missing: String? = nil, file: String? = nil
) -> [String] {
    do {
        _ = try read(changes, without: missing, file: file)
        return []
    } catch {
        return error.faults
    }
}

@Suite("Configuration")
struct ConfigurationTests {
    @Test("what is not given has a default")
    func defaults() throws {
        let configuration = try read()
        #expect(configuration.port == 8_080)
        #expect(configuration.adminPort == 8_081)
        #expect(configuration.bindAddress == "127.0.0.1")
        #expect(configuration.loopCount == 3)
        #expect(configuration.publicRequestsPerMinute == 600_000)
        #expect(configuration.logLevel == .info)
        #expect(configuration.masterKey == .file(path: "/run/secrets/master-key"))
        #expect(configuration.ownerDatabaseURL == configuration.database.connection)
        #expect(configuration.origins == ["http://127.0.0.1:8080", "http://localhost:8080"])
    }

    @Test("what is given counts")
    func values() throws {
        let configuration = try read([
            "CUSTOMER_CARE_PORT": "9090", "CUSTOMER_CARE_LOOP_COUNT": "2",
            "CUSTOMER_CARE_LOG_LEVEL": "warning", "CUSTOMER_CARE_BODY_TIMEOUT_MS": "1500",
            "CUSTOMER_CARE_READ_LINK_COUNT": "4", "CUSTOMER_CARE_STATEMENT_TIMEOUT_MS": "900",
            "CUSTOMER_CARE_ORIGINS": "https://Care.Example,http://[::1]:9090",
            "CUSTOMER_CARE_PUBLIC_REQUESTS_PER_MINUTE": "0",
        ])
        #expect(configuration.publicRequestsPerMinute == 0)
        #expect(configuration.port == 9_090)
        #expect(configuration.loopCount == 2)
        #expect(configuration.logLevel == .warning)
        #expect(configuration.deadlines.body == 1_500)
        #expect(configuration.database.readLinkCount == 4)
        #expect(configuration.database.statementMilliseconds == 900)
        #expect(configuration.origins == ["https://care.example", "http://[::1]:9090"])
    }

    @Test("all faults are told together, each with its variable and none with a value")
    func allFaults() {
        let faults = faults(
            [
                "CUSTOMER_CARE_PORT": "80a0", "CUSTOMER_CARE_ADMIN_PORT": "",
                "CUSTOMER_CARE_LOOP_COUNT": "65", "CUSTOMER_CARE_LOG_LEVEL": "loud",
                "CUSTOMER_CARE_ORIGINS": "https://a,ftp://b", "CUSTOMER_CARE_PROT": "1",
                "CUSTOMER_CARE_MASTER_KEY": "c2VjcmV0",
            ], without: "CUSTOMER_CARE_DATABASE_URL")
        let expected = [
            "CUSTOMER_CARE_PROT: is not a variable",
            "CUSTOMER_CARE_DATABASE_URL: is required",
            "CUSTOMER_CARE_PORT: is not a whole number from 1 to 65535",
            "CUSTOMER_CARE_ADMIN_PORT: is empty",
            "CUSTOMER_CARE_MASTER_KEY: is given besides",
            "CUSTOMER_CARE_ORIGINS: item 2",
            "CUSTOMER_CARE_LOOP_COUNT: is not a whole number from 1 to 64",
            "CUSTOMER_CARE_LOG_LEVEL: is none of trace",
        ]
        #expect(faults.count == expected.count)
        for (fault, beginning) in zip(faults, expected) {
            #expect(fault.hasPrefix(beginning), "\(fault)")
        }
        #expect(!faults.joined().contains("c2VjcmV0"))
    }

    @Test(
        "a number is decimal digits and nothing else",
        arguments: ["+80", " 80", "80 ", "-1", "0", "65536", "8_080", "0x50", "1e3", "８０"])
    func numbers(_ text: String) {
        #expect(faults(["CUSTOMER_CARE_PORT": text]).count == 1)
    }

    @Test(
        "an origin is a scheme, a host and perhaps a port",
        arguments: [
            "care.example", "https://", "https://a/", "https://a:0", "https://a:", "https://a b",
            "https://a:65536", "https://a,", "https://u@a", "https://a:+80", "http://[::1",
        ])
    func origins(_ text: String) {
        #expect(faults(["CUSTOMER_CARE_ORIGINS": text]).count == 1)
    }

    @Test("one of the two master keys is needed, and none for commands that seal nothing")
    func masterKey() throws {
        let name = "CUSTOMER_CARE_MASTER_KEY_FILE"
        #expect(faults(without: name).count == 1)
        #expect(try read(without: name, requiringMasterKey: false).masterKey == nil)
        let given = try read(["CUSTOMER_CARE_MASTER_KEY": "c2VjcmV0"], without: name)
        #expect(given.masterKey == .base64("c2VjcmV0"))
    }

    @Test("both ports cannot be the same")
    func ports() {
        #expect(faults(["CUSTOMER_CARE_ADMIN_PORT": "8080"]).count == 1)
    }

    @Test("a file gives what the environment leaves out")
    func file() throws {
        let configuration = try read(
            [
                "CUSTOMER_CARE_CONFIGURATION_FILE": "/etc/care.env", "CUSTOMER_CARE_PORT": "9090",
            ],
            file: "# ports\r\nCUSTOMER_CARE_PORT=1\r\n\nCUSTOMER_CARE_ADMIN_PORT=9091\r\n")
        #expect(configuration.port == 9_090)
        #expect(configuration.adminPort == 9_091)
    }

    @Test("a file is read as strictly as the environment")
    func fileFaults() {
        let name = "CUSTOMER_CARE_CONFIGURATION_FILE"
        #expect(faults([name: "/etc/missing"]).count == 1)
        let text = "CUSTOMER_CARE_PROT=1\nexport A=2\nCUSTOMER_CARE_PORT=1\nCUSTOMER_CARE_PORT=2\n"
        #expect(faults([name: "/etc/care.env"], file: text).count == 3)
    }

    @Test("variables of the command line and of others are left alone")
    func foreign() {
        #expect(
            faults([
                "CUSTOMER_CARE_KEY_ID": "k", "CUSTOMER_CARE_SECRET": "s",
                "CUSTOMER_CARE_URL": "http://127.0.0.1:8080", "PATH": "/",
            ]).isEmpty)
    }

    @Test("what is printed shows every setting and no secret")
    func description() throws {
        let configuration = try read(
            ["CUSTOMER_CARE_MASTER_KEY": "c2VjcmV0"], without: "CUSTOMER_CARE_MASTER_KEY_FILE")
        let text = configuration.description
        #expect(text.contains("postgresql://care:***@db:5432/care?sslmode=verify-full"))
        #expect(text.contains("CUSTOMER_CARE_MASTER_KEY=***"))
        #expect(!text.contains("s3cret"))
        #expect(!text.contains("c2VjcmV0"))
        #expect(text.split(separator: "\n").count == Configuration.Variable.allCases.count - 1)
    }

    @Test(
        "no form of a connection string shows its password",
        arguments: [
            "host=db password=s3cret", "postgresql://care:s3cret@db", "postgres://a:s3c@s3cret@b",
            "postgresql://db/care?user=a&password=s3cret", "postgresql://a:s3?s3cret@db/care",
            "postgresql:///care?host=/tmp&%70assword=s3cret",
            "postgresql:///care?sslpassword=s3cret",
            "s3cret",
        ])
    func masking(_ text: String) {
        #expect(!ConnectionText.masked(text).contains("s3c"))
    }

    @Test("a connection string without a password is shown as it is")
    func unmasked() {
        let text = "postgresql:///care?host=/tmp/run&port=5433"
        #expect(ConnectionText.masked(text) == text)
        #expect(ConnectionText.masked("postgresql://care@db:1/x") == "postgresql://care@db:1/x")
    }
}
