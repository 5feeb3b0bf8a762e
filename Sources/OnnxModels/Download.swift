import FaceCore
import Foundation
import FoundationNetworking
import Synchronization

/// One file from an http or https address, and nothing it may lead to elsewhere.
final class Download: NSObject, URLSessionDataDelegate, Sendable {
  private struct State {
    var received = Data()
    var expected: Int?
    var failure: String?
  }

  private let limit: Int
  private let progress: @Sendable (FaceCore.Progress) -> Void
  private let state = Mutex(State())
  private let finished = DispatchSemaphore(value: 0)

  private init(limit: Int, progress: @escaping @Sendable (FaceCore.Progress) -> Void) {
    (self.limit, self.progress) = (limit, progress)
  }

  /// The bytes at an address, at most `limit`; reports bytes done.
  ///
  /// Throws `OnnxError.download`.
  static func bytes(
    of address: URL, limit: Int, progress: @escaping @Sendable (FaceCore.Progress) -> Void
  ) throws(OnnxError) -> Data {
    let subject = address.absoluteString
    guard isWeb(address), address.host != nil else {
      throw OnnxError(
        code: .download, subject: subject, reason: "an address begins with https:// or http://")
    }
    let download = Download(limit: limit, progress: progress)
    let configuration = URLSessionConfiguration.ephemeral
    configuration.timeoutIntervalForRequest = 30  // Seconds without a byte.
    let session = URLSession(
      configuration: configuration, delegate: download, delegateQueue: nil)
    session.dataTask(with: address).resume()
    download.finished.wait()
    session.finishTasksAndInvalidate()
    let state = download.state.withLock { $0 }
    if let failure = state.failure {
      throw OnnxError(
        code: .download, subject: subject, reason: "cannot be downloaded: \(failure)")
    }
    return state.received
  }

  private static func isWeb(_ address: URL) -> Bool {
    ["http", "https"].contains(address.scheme?.lowercased() ?? "")
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask,
    willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
    completionHandler: @escaping (URLRequest?) -> Void
  ) {
    let from = response.url?.scheme?.lowercased()
    let isSafe = request.url.map { address in
      Self.isWeb(address) && !(from == "https" && address.scheme?.lowercased() == "http")
    }
    if isSafe == true { return completionHandler(request) }
    fail("it leads to \(request.url?.absoluteString ?? "nowhere"), which is not followed")
    completionHandler(nil)  // The redirection itself is then the answer.
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
  ) {
    let status = (response as? HTTPURLResponse)?.statusCode ?? 0
    let length = response.expectedContentLength
    guard status == 200 else {
      fail("the server answers with status \(status)")
      return completionHandler(.cancel)
    }
    guard length <= Int64(limit) else {
      fail("it has \(length) bytes, more than the \(limit) that are read")
      return completionHandler(.cancel)
    }
    state.withLock { $0.expected = length > 0 ? Int(length) : nil }
    completionHandler(.allow)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    let (done, total) = state.withLock { state in
      state.received.append(data)
      return (state.received.count, state.expected)
    }
    guard done <= limit else {
      fail("it has more than the \(limit) bytes that are read")
      return dataTask.cancel()
    }
    progress(FaceCore.Progress(done: done, total: total))
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
  ) {
    if let error { fail(error.localizedDescription) }
    finished.signal()
  }

  /// Keeps the first reason.
  private func fail(_ reason: String) {
    state.withLock { $0.failure = $0.failure ?? reason }
  }
}
