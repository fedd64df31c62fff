#include "operator/kube/leader.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <variant>

#include <unistd.h>

#include "operator/kube/requests.hpp"
#include "sidecar/base/log.hpp"

namespace mlgateway::kube {
namespace {

using std::chrono::milliseconds;

Instant now() { return std::chrono::steady_clock::now(); }
WallTime wall() { return std::chrono::system_clock::now(); }

// A request that hangs must leave time for another before the lease is lost.
milliseconds request_time(const ElectionOptions& options) {
  return std::max(milliseconds(1000), options.renew_deadline / 2);
}

Request urgent(Request request) {
  request.urgent = true;
  return request;
}

}  // namespace

std::string new_identity() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  std::random_device random;
  const std::uint64_t number = (static_cast<std::uint64_t>(random()) << 32) | random();
  return std::string(host.data()) + "_" + std::to_string(number);
}

Leader::Leader(Client& client, ElectionOptions options, Turns turns)
    : client_(client),
      options_(options),
      turns_(std::move(turns)),
      generator_(std::random_device{}()),
      election_(std::move(options)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Leader::~Leader() {
  thread_.request_stop();
  thread_.join();
  release();
}

bool Leader::leading() const {
  const std::scoped_lock lock(mutex_);
  return election_.leading(now());
}

Instant Leader::leading_until() const {
  const std::scoped_lock lock(mutex_);
  return election_.leading_until();
}

std::string Leader::holder() const {
  const std::scoped_lock lock(mutex_);
  return election_.holder();
}

void Leader::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    ElectionAction action;
    {
      const std::scoped_lock lock(mutex_);
      action = election_.next(now(), wall());
    }
    act(action, stop);
    tell();
  }
}

void Leader::act(const ElectionAction& action, const std::stop_token& stop) {
  if (const auto* const pause = std::get_if<WaitForLease>(&action)) {
    std::unique_lock lock(mutex_);
    // Woken by the end of what we hold as well: it has to be told in time.
    const Instant end = election_.leading(now()) ? std::min(pause->until, election_.leading_until()) : pause->until;
    woken_.wait_until(lock, stop, end, [] { return false; });
    return;
  }
  Request request = get(kLeases, {options_.namespace_name, options_.name});
  if (const auto* const made = std::get_if<CreateLease>(&action)) request = create(kLeases, made->lease, kLeaseManager);
  if (const auto* const ours = std::get_if<UpdateLease>(&action)) request = update(kLeases, ours->lease, kLeaseManager);
  const bool writes = request.writes();
  const Instant asked = now();
  Instant deadline = asked + request_time(options_);
  if (const Instant end = leading_until(); end > asked) deadline = std::min(deadline, end);
  auto lease = client_.send(urgent(std::move(request)), deadline, stop);
  const double random = std::uniform_real_distribution<double>(0, 1)(generator_);
  const std::scoped_lock lock(mutex_);
  if (!lease) return election_.on_fault(lease.fault(), now(), random);
  if (writes) return election_.on_written(std::move(*lease), asked, now());
  election_.on_read(std::move(*lease), now(), random);
}

void Leader::tell() {
  const bool leads = leading();
  if (leads == told_) return;
  told_ = leads;
  log::info(leads ? "leading" : "no longer leading", {{"lease", options_.name}, {"identity", options_.identity}});
  leads ? turns_.won() : turns_.lost();
}

void Leader::release() {
  // The thread has ended: nobody changes the election any more.
  const auto lease = election_.released(now(), wall());
  if (!lease) return;
  const Instant deadline = std::min(now() + request_time(options_), election_.leading_until());
  const auto given = client_.send(urgent(update(kLeases, *lease, kLeaseManager)), deadline, {});
  if (!given) log::warn("lease not released", {{"error", given.fault().message}});
}

}  // namespace mlgateway::kube
