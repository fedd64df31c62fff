// The far end of the access log: batches of lines written to a file descriptor as they are.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

namespace mlgateway::observe {

// What passes between the workers and the writing thread; any thread.
struct Backlog {
  std::atomic<std::size_t> batches{0};  // handed over and not yet written
  std::atomic<std::uint64_t> lines_lost{0};
};

// Runs on spdlog's thread alone. May wait as long as the reader makes it wait; that is what the queue is for.
class BatchSink : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  // `fd` is closed with the sink when it is `owned`.
  BatchSink(int fd, bool owned, std::shared_ptr<Backlog> backlog);
  ~BatchSink() override;

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override {}

 private:
  std::size_t write_all(std::string_view text);  // how much of it was written
  void lose(std::string_view text, int error);

  int fd_;
  bool owned_;
  bool torn_ = false;     // the last write ended within a line
  bool failing_ = false;  // said so already
  std::shared_ptr<Backlog> backlog_;
};

}  // namespace mlgateway::observe
