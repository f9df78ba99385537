internal import HTTP
internal import JSON
internal import Reactor

/// Answers on the admin port: whether the service lives, whether it is ready, and its figures.
final class AdminServer: Application {
    private let readiness: Readiness
    private let exposition: () -> [UInt8]
    private let now: () -> MonotonicInstant

    /// `exposition` gives the metrics as Prometheus text; `now` tells monotonic time.
    init(
        readiness: Readiness, exposition: @escaping () -> [UInt8],
        now: @escaping () -> MonotonicInstant = { .now }
    ) {
        self.readiness = readiness
        self.exposition = exposition
        self.now = now
    }

    func bodyPlan(for request: Request) -> BodyPlan {
        .buffered(maximumBytes: 0)
    }

    func respond(to request: Request) async -> Response {
        answer(method: request.method, path: request.target.path)
    }

    func refusal(status: Int, of request: Request?, isUnderWay: Bool) -> Response {
        problem(status: status)
    }

    /// The answer to a request for that path.
    func answer(method: Method?, path: [UInt8]) -> Response {
        guard let method else { return problem(status: 501) }
        let answer: () -> Response
        switch path {
        case Array("/livez".utf8): answer = liveness
        case Array("/readyz".utf8): answer = readinessAnswer
        case Array("/metrics".utf8): answer = metrics
        default: return problem(status: 404)
        }
        guard method == .get || method == .head else {
            var refusal = problem(status: 405)
            refusal.add("Allow", "GET, HEAD")
            return refusal
        }
        return answer()
    }

    private func liveness() -> Response {
        let silent = readiness.silentLoops(at: now())
        return json(status: silent.isEmpty ? 200 : 503) { writer in
            writer.field("status", silent.isEmpty ? "alive" : "stuck")
            writer.list("silentLoops") { list in
                for loop in silent { list.element(loop) }
            }
        }
    }

    private func readinessAnswer() -> Response {
        let failed = readiness.failedChecks(at: now())
        return json(status: failed.isEmpty ? 200 : 503) { writer in
            writer.field("status", failed.isEmpty ? "ready" : "unready")
            writer.list("failedChecks") { list in
                for check in failed { list.element(check) }
            }
        }
    }

    private func metrics() -> Response {
        var response = Response(status: 200, body: exposition())
        response.add("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        response.add("Cache-Control", "no-store")
        return response
    }

    private func json(status: Int, _ body: (inout JSONWriter) -> Void) -> Response {
        var writer = JSONWriter()
        writer.object(body)
        var response = Response(status: status, body: writer.bytes)
        response.add("Content-Type", "application/json")
        response.add("Cache-Control", "no-store")
        return response
    }

    private func problem(status: Int) -> Response {
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("type", "about:blank")
            writer.field("status", status)
        }
        var response = Response(status: status, body: writer.bytes)
        response.add("Content-Type", "application/problem+json")
        return response
    }
}
