import Glibc
import NNG
import Testing

/// In processes of their own: what they ask is true of a process.
struct `The process` {
    @Test func `outlives a write to a broken pipe once told to`() async {
        await #expect(processExitsWith: .signal(SIGPIPE)) { try writeToBrokenPipe() }
        await #expect(processExitsWith: .success) {
            ignoreBrokenPipes()
            try writeToBrokenPipe()
        }
    }

    // One message leaked in three exchanges would show; in the long run, with
    // HOLDFAST_LONG set, eight bytes in each.
    @Test func `keeps its size through many exchanges`() async throws {
        let result = await #expect(
            processExitsWith: .success,
            observing: [\.standardOutputContent]
        ) {
            let growth = try await growthInBytes(duringExchanges: exchangesCount())
            if growth > 8_000_000 { exit(EXIT_FAILURE) }
        }

        print(String(decoding: try #require(result).standardOutputContent, as: UTF8.self))
    }
}

private func writeToBrokenPipe() throws {
    var ends: [Int32] = [0, 0]
    // SAFETY: pipe writes two descriptors.
    try #require(unsafe pipe(&ends) == 0)
    _ = Glibc.close(ends[0])
    // SAFETY: one byte is read.
    let count = unsafe write(ends[1], [UInt8(1)], 1)
    try #require(count == -1 && errno == EPIPE)
}

private func exchangesCount() -> Int {
    // SAFETY: nothing sets the environment while this runs.
    let isLong = unsafe getenv("HOLDFAST_LONG") != nil
    return isLong ? 1_000_000 : 20_000
}

/// Asks 1,024 bytes and is answered 2,048, sixteen at a time, over `ws`.
private func growthInBytes(duringExchanges count: Int) async throws -> Int {
    let coordinator = try Socket(.request, options: eager)
    let agent = try Socket(.reply, options: eager)
    try agent.dial(try coordinator.listen(address("memory", over: .ws)).url)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<16 { group.addTask { try await answerTwice(on: agent) } }
        // Threads get their arenas, queues their size.
        try await exchange(5000, with: coordinator)
        let before = try residentBytes()
        let start = ContinuousClock.now
        try await exchange(count, with: coordinator)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let after = try residentBytes()
        await agent.close()
        await coordinator.close()
        try await group.waitForAll()
        print("resident", before, "then", after, "bytes;", Int(Double(count) / seconds), "a second")
        return after - before
    }
}

private func exchange(_ count: Int, with coordinator: Socket) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<16 {
            group.addTask {
                var context = try coordinator.requestContext()
                let request = [UInt8](repeating: 8, count: 1024)
                for _ in 0..<count / 16 {
                    let answer = try await context.exchange(Message(request), timeout: patience)
                    try #require(answer.count == 2048)
                }
            }
        }
        try await group.waitForAll()
    }
}

private func answerTwice(on agent: Socket) async throws {
    var context = try agent.replyContext()
    do {
        while true {
            let bytes = try await context.receive().copyBytes()
            try await context.send(Message(bytes + bytes))
        }
    } catch {
        guard error == .closed else { throw error }
    }
}

private func residentBytes() throws -> Int {
    // SAFETY: a file of the kernel's, closed below; the buffer is as long as said.
    let file = unsafe open("/proc/self/statm", O_RDONLY)
    defer { _ = Glibc.close(file) }
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = unsafe read(file, &bytes, 256)
    let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    let pages = try #require(Int(text.split(separator: " ")[1]))
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
}
