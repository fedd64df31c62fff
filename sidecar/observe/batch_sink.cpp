#include "sidecar/observe/batch_sink.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <poll.h>
#include <unistd.h>

#include "sidecar/base/log.hpp"

namespace mlgateway::observe {

BatchSink::BatchSink(int fd, bool owned, std::shared_ptr<Backlog> backlog)
    : fd_(fd), owned_(owned), backlog_(std::move(backlog)) {}

BatchSink::~BatchSink() {
  if (owned_) ::close(fd_);
}

void BatchSink::sink_it_(const spdlog::details::log_msg& message) {
  const std::string_view batch{message.payload.data(), message.payload.size()};
  // A batch that follows a torn line begins on a line of its own.
  if (torn_ && write_all("\n") == 1) torn_ = false;
  const std::size_t written = torn_ ? 0 : write_all(batch);
  if (written < batch.size()) {
    lose(batch.substr(written), errno);
    torn_ = torn_ || (written > 0 && batch[written - 1] != '\n');
  } else {
    failing_ = false;
  }
  backlog_->batches.fetch_sub(1, std::memory_order_release);
}

std::size_t BatchSink::write_all(std::string_view text) {
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t n = ::write(fd_, text.data() + written, text.size() - written);
    if (n > 0) {
      written += static_cast<std::size_t>(n);
    } else if (n < 0 && errno == EAGAIN) {  // whoever shares our standard output made it non-blocking
      pollfd writable{fd_, POLLOUT, 0};
      ::poll(&writable, 1, -1);
    } else if (n < 0 && errno != EINTR) {
      break;
    }
  }
  return written;
}

void BatchSink::lose(std::string_view text, int error) {
  const auto lines = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
  backlog_->lines_lost.fetch_add(lines, std::memory_order_relaxed);
  if (failing_) return;
  failing_ = true;
  log::error("access log cannot be written", {{"error", std::strerror(error)}});
}

}  // namespace mlgateway::observe
