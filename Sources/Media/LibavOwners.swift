import CFFmpeg

/// One packet of coded data, used again and again.
struct Packet: ~Copyable {
  let pointer: UnsafeMutablePointer<AVPacket>

  init() throws(MediaError) {
    guard let allocated = av_packet_alloc() else { throw .outOfMemory }
    pointer = allocated
  }

  deinit {
    var freeing: UnsafeMutablePointer<AVPacket>? = pointer
    av_packet_free(&freeing)
  }
}

/// One raw frame, picture or sound, used again and again.
struct Frame: ~Copyable {
  let pointer: UnsafeMutablePointer<AVFrame>

  init() throws(MediaError) {
    guard let allocated = av_frame_alloc() else { throw .outOfMemory }
    pointer = allocated
  }

  /// A picture with room for its pixels; rows are padded for vector instructions.
  static func picture(
    format: AVPixelFormat, width: Int, height: Int
  ) throws(MediaError) -> Frame {
    let frame = try Frame()
    frame.pointer.pointee.format = format.rawValue
    frame.pointer.pointee.width = Int32(width)
    frame.pointer.pointee.height = Int32(height)
    guard av_frame_get_buffer(frame.pointer, 64) >= 0 else { throw .outOfMemory }
    return frame
  }

  deinit {
    var freeing: UnsafeMutablePointer<AVFrame>? = pointer
    av_frame_free(&freeing)
  }
}

/// A decoder or encoder.
struct Codec: ~Copyable {
  let context: UnsafeMutablePointer<AVCodecContext>

  init(_ codec: UnsafePointer<AVCodec>) throws(MediaError) {
    guard let allocated = avcodec_alloc_context3(codec) else { throw .outOfMemory }
    context = allocated
  }

  deinit {
    var freeing: UnsafeMutablePointer<AVCodecContext>? = context
    avcodec_free_context(&freeing)
  }
}

extension MediaError {
  static var outOfMemory: MediaError {
    MediaError(code: .outOfMemory, subject: "libav", reason: "out of memory")
  }
}
