#include "tests/bench/drive.hpp"

#include <algorithm>

#include <unistd.h>

namespace mlgateway::bench {
namespace {

using namespace std::chrono_literals;

// Beyond it a run says nothing any more.
constexpr std::uint64_t kTooManyErrors = 100;
// A lost answer must not hang the bench; no answer of any run takes nearly that long.
constexpr auto kPatience = 120s;
constexpr std::size_t kBuffer = 256 * 1024;

}  // namespace

struct Drive::Caller {
  int socket = -1;
  MessageReader reader;
  std::string out;
  std::size_t sent = 0;
  std::uint64_t filler_left = 0;
  std::uint64_t number = 0;
  bool busy = false;
  Instant due{};
  std::optional<Instant> stalled_until;
};

Drive::Drive(const Plan& plan) : plan_(plan), requests_(plan), buffer_(kBuffer), random_(plan.seed) {
  tally_.latencies_ns.reserve(plan.requests);
  for (std::size_t i = 0; i < plan.connections; ++i) {
    callers_.push_back(std::make_unique<Caller>());
    open(*callers_.back());
  }
}

Drive::~Drive() {
  for (const auto& caller : callers_) close(caller->socket);
}

void Drive::open(Caller& caller) {
  caller.socket = connect_to(plan_.port);
  if (caller.socket < 0) die("nobody listens on port " + std::to_string(plan_.port));
  ++tally_.connects;
  caller.reader.reset();
  caller.busy = false;
  idle_.push_back(&caller);
  poller_.watch(caller.socket, &caller);
}

Tally Drive::run() {
  const Instant begin = Clock::now();
  next_due_ = begin;
  while (!over()) {
    start_due(Clock::now());
    const auto next = next_instant();
    const Instant limit = Clock::now() + kPatience;
    const auto events = poller_.wait(std::min(next.value_or(limit), limit));
    if (events.empty() && !next) {
      ++tally_.errors["no answer for two minutes"];
      break;
    }
    for (const epoll_event& event : events) advance(*static_cast<Caller*>(event.data.ptr));
    wake_stalled(Clock::now());
  }
  tally_.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  return std::move(tally_);
}

void Drive::draw_next_due() {
  std::exponential_distribution<double> gap(plan_.rate);
  next_due_ += std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(gap(random_)));
}

void Drive::start_due(Instant now) {
  while (started_ < plan_.requests && !given_up_ && !idle_.empty() && (plan_.rate == 0 || next_due_ <= now)) {
    Caller& caller = *idle_.back();
    idle_.pop_back();
    start(caller, plan_.rate == 0 ? now : next_due_);
    if (plan_.rate > 0) draw_next_due();
  }
}

void Drive::start(Caller& caller, Instant due) {
  caller.busy = true;
  caller.due = due;
  caller.number = started_++;
  requests_.write(caller.number, caller.out);
  caller.sent = 0;
  caller.filler_left = requests_.filler_bytes();
  if (plan_.read_stall_ms > 0) caller.stalled_until = Clock::now() + std::chrono::milliseconds(plan_.read_stall_ms);
  if (!flush(caller)) fail(caller, "connection lost while sending");
}

bool Drive::flush(Caller& caller) {
  while (caller.sent < caller.out.size() || caller.filler_left > 0) {
    const std::string_view first = std::string_view(caller.out).substr(caller.sent);
    const std::string_view then = RequestWriter::filler().substr(0, caller.filler_left);
    const Moved put = then.empty() ? write_some(caller.socket, first) : write_some(caller.socket, first, then);
    if (put.state == Moved::State::Ended) return false;
    if (put.state == Moved::State::Blocked) return true;
    const std::size_t of_first = std::min(first.size(), put.bytes);
    caller.sent += of_first;
    caller.filler_left -= put.bytes - of_first;
  }
  return true;
}

void Drive::advance(Caller& caller) {
  if (!caller.busy) {
    // The first event of a connection says that it is writable; a later one that it is closed.
    char byte = 0;
    if (read_some(caller.socket, {&byte, 1}).state == Moved::State::Blocked) return;
    return fail(caller, "connection closed between requests");
  }
  const bool sending = caller.sent < caller.out.size() || caller.filler_left > 0;
  if (sending && !flush(caller)) return fail(caller, "connection lost while sending");
  if (!caller.stalled_until) read_answer(caller);
}

void Drive::read_answer(Caller& caller) {
  for (;;) {
    const Moved got = read_some(caller.socket, buffer_);
    if (got.state == Moved::State::Blocked) return;
    if (got.state == Moved::State::Ended) return fail(caller, "connection closed before the answer was complete");
    const std::size_t taken = caller.reader.take({buffer_.data(), got.bytes});
    if (caller.reader.state() == MessageReader::State::Broken) return fail(caller, "not an answer");
    if (taken < got.bytes) return fail(caller, "bytes after the answer");
    if (caller.reader.state() == MessageReader::State::Done) return finish(caller);
    if (got.bytes < buffer_.size()) return;
  }
}

// What is wrong with an answer that is complete; nullptr if nothing.
const char* Drive::judge(const Caller& caller) const {
  const MessageReader& answer = caller.reader;
  if (answer.head().status != 200) return "status";
  if (caller.sent < caller.out.size() || caller.filler_left > 0) return "answered before the request was sent";
  if (plan_.events > 0) return answer.events() == plan_.events ? nullptr : "events lost";
  if (plan_.answer_bytes > 0) return answer.body_bytes() == plan_.answer_bytes ? nullptr : "bytes lost";
  return answer.start().starts_with(requests_.answer_start(caller.number)) ? nullptr : "somebody else's answer";
}

void Drive::finish(Caller& caller) {
  const auto latency = std::chrono::nanoseconds(Clock::now() - caller.due).count();
  if (const char* wrong = judge(caller)) {
    const int status = caller.reader.head().status;
    return fail(caller, status == 200 ? wrong : "status " + std::to_string(status));
  }
  ++finished_;
  ++tally_.answered;
  tally_.bytes += caller.reader.body_bytes();
  tally_.events += caller.reader.events();
  tally_.latencies_ns.push_back(static_cast<std::uint32_t>(std::min<std::int64_t>(latency, UINT32_MAX)));
  const bool closes = caller.reader.head().close;
  caller.reader.reset();
  caller.busy = false;
  if (!closes) return idle_.push_back(&caller);
  close(caller.socket);
  open(caller);
}

void Drive::fail(Caller& caller, const std::string& what) {
  ++tally_.errors[what];
  if (caller.busy) ++finished_;
  std::erase(idle_, &caller);
  caller.stalled_until.reset();
  close(caller.socket);
  given_up_ = ++failures_ >= kTooManyErrors;
  open(caller);
}

void Drive::wake_stalled(Instant now) {
  if (plan_.read_stall_ms == 0) return;
  for (const auto& caller : callers_) {
    if (!caller->stalled_until || *caller->stalled_until > now) continue;
    caller->stalled_until.reset();
    read_answer(*caller);
  }
}

std::optional<Instant> Drive::next_instant() const {
  std::optional<Instant> next;
  if (plan_.rate > 0 && started_ < plan_.requests && !idle_.empty()) next = next_due_;
  if (plan_.read_stall_ms == 0) return next;
  for (const auto& caller : callers_) {
    if (caller->stalled_until) next = next ? std::min(*next, *caller->stalled_until) : caller->stalled_until;
  }
  return next;
}

}  // namespace mlgateway::bench
