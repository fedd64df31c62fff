#include "sidecar/observe/access_log.hpp"

#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <signal.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <unistd.h>

#include "sidecar/base/log.hpp"
#include "sidecar/observe/batch_sink.hpp"

namespace mlgateway::observe {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kBatchBytes = 32u << 10;

// Signals are for the main thread. A reader that went away (EPIPE) is then an error of write() instead of our end.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

void leave_to_the_end_of_the_process(std::shared_ptr<spdlog::details::thread_pool> pool) {
  static auto& stuck = *new std::vector<std::shared_ptr<spdlog::details::thread_pool>>;
  stuck.push_back(std::move(pool));
}

}  // namespace

struct AccessLog::Pipeline {
  Pipeline(int fd, bool owned, const Limits& given)
      : limits(given),
        // Our own count bounds the queue; the extra places keep spdlog's own overrun from ever being the one to drop.
        pool(std::make_shared<spdlog::details::thread_pool>(given.max_batches + 16, 1, &block_signals)),
        logger(std::make_shared<spdlog::async_logger>("access", std::make_shared<BatchSink>(fd, owned, backlog), pool,
                                                      spdlog::async_overflow_policy::overrun_oldest)) {}

  const Limits limits;
  std::shared_ptr<Backlog> backlog = std::make_shared<Backlog>();
  std::shared_ptr<spdlog::details::thread_pool> pool;
  std::shared_ptr<spdlog::async_logger> logger;
};

Result<std::unique_ptr<AccessLog>> AccessLog::open(std::string_view destination, const Limits& limits) {
  if (destination == "off") return std::unique_ptr<AccessLog>(new AccessLog(nullptr));
  if (destination == "-") {
    return std::unique_ptr<AccessLog>(new AccessLog(std::make_unique<Pipeline>(STDOUT_FILENO, false, limits)));
  }
  const std::string path(destination);
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (fd < 0) return Error(Reason::Internal, "cannot open access log \"" + path + "\": " + std::strerror(errno));
  return std::unique_ptr<AccessLog>(new AccessLog(std::make_unique<Pipeline>(fd, true, limits)));
}

AccessLog::AccessLog(std::unique_ptr<Pipeline> pipeline) : pipeline_(std::move(pipeline)) {}

AccessLog::~AccessLog() {
  if (!pipeline_) return;
  const auto deadline = std::chrono::steady_clock::now() + pipeline_->limits.close_wait;
  const auto& waiting = pipeline_->backlog->batches;
  while (waiting.load(std::memory_order_acquire) > 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(1ms);
  }
  if (waiting.load(std::memory_order_acquire) == 0) return;
  // Joining the thread would wait for a reader that may never read again, and with it the whole shutdown.
  log::warn("access log lost its last lines: nobody reads it", {{"batches", waiting.load()}});
  leave_to_the_end_of_the_process(std::move(pipeline_->pool));
}

bool AccessLog::enabled() const { return pipeline_ != nullptr; }

std::uint64_t AccessLog::dropped() const {
  return pipeline_ ? pipeline_->backlog->lines_lost.load(std::memory_order_relaxed) : 0;
}

void AccessLog::submit(std::string_view batch, std::size_t lines) {
  if (!pipeline_ || batch.empty()) return;
  Backlog& backlog = *pipeline_->backlog;
  if (backlog.batches.fetch_add(1, std::memory_order_relaxed) >= pipeline_->limits.max_batches) {
    backlog.batches.fetch_sub(1, std::memory_order_relaxed);
    backlog.lines_lost.fetch_add(lines, std::memory_order_relaxed);
    return;
  }
  pipeline_->logger->log(spdlog::level::info, spdlog::string_view_t{batch.data(), batch.size()});
}

AccessWriter::AccessWriter(AccessLog& log) : log_(log) {
  if (log_.enabled()) batch_ = std::make_unique_for_overwrite<char[]>(kBatchBytes + kMaxAccessLine);
}

void AccessWriter::write(const AccessRecord& record) {
  if (!batch_) return;
  char* const begin = batch_.get() + size_;
  size_ += static_cast<std::size_t>(write_access_line(begin, record, clock_) - begin);
  ++lines_;
  if (size_ >= kBatchBytes) flush();
}

void AccessWriter::flush() {
  if (lines_ == 0) return;
  log_.submit({batch_.get(), size_}, lines_);
  size_ = 0;
  lines_ = 0;
}

}  // namespace mlgateway::observe
