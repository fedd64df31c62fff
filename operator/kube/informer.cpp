#include "operator/kube/informer.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "operator/kube/json_text.hpp"
#include "sidecar/base/log.hpp"

namespace mlgateway::kube {
namespace {

Instant now() { return std::chrono::steady_clock::now(); }

template <class... Ts>
struct Cases : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Cases(Ts...) -> Cases<Ts...>;

// Half of an object's size, and of use to nobody who only reads.
void trim_common(nlohmann::json& object) {
  const auto metadata = object.find("metadata");
  if (metadata == object.end() || !metadata->is_object()) return;
  metadata->erase("managedFields");
  const auto annotations = metadata->find("annotations");
  if (annotations == metadata->end() || !annotations->is_object()) return;
  annotations->erase("kubectl.kubernetes.io/last-applied-configuration");
}

}  // namespace

Informer::Informer(Client& client, InformerOptions options, Changed changed)
    : client_(client),
      options_(std::move(options)),
      changed_(std::move(changed)),
      machine_(options_.watch),
      generator_(std::random_device{}()),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Informer::~Informer() {
  thread_.request_stop();
  thread_.join();
}

bool Informer::synced() const {
  const std::scoped_lock lock(mutex_);
  return synced_;
}

bool Informer::wait_synced(Instant deadline, const std::stop_token& stop) const {
  std::unique_lock lock(mutex_);
  return woken_.wait_until(lock, stop, deadline, [this] { return synced_; });
}

std::optional<Fault> Informer::trouble() const {
  const std::scoped_lock lock(mutex_);
  return trouble_;
}

double Informer::random() { return std::uniform_real_distribution<double>(0, 1)(generator_); }

void Informer::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::visit(Cases{
                   [&](const ListPage& page) { list(page, stop); },
                   [&](const OpenWatch& watch) { open(watch, stop); },
                   [&](const ReadWatch& watch) { read(watch, stop); },
                   [&](const WaitUntil& until) { wait(until.when, stop); },
               },
               machine_.next(now(), random()));
    resync();
  }
}

void Informer::list(const ListPage& page, const std::stop_token& stop) {
  auto answer =
      client_.send(kube::list(options_.resource, options_.selection, options_.page, page.continue_token), stop);
  if (!answer) return fail(answer.fault());
  auto found = page_from(std::move(*answer), options_.resource);
  if (!found) return fail(fault(FaultKind::Unreadable, "the answer is no list"));
  for (nlohmann::json& item : found->items) trim(item);
  take(machine_.on_page(std::move(*found), now(), random()));
}

void Informer::open(const OpenWatch& watch, const std::stop_token& stop) {
  auto stream =
      client_.open(kube::watch(options_.resource, options_.selection, watch.resource_version, watch.timeout), stop);
  if (!stream) return fail(stream.fault());
  stream_ = std::move(*stream);
  machine_.on_opened(now());
  succeed();
}

void Informer::read(const ReadWatch& watch, const std::stop_token& stop) {
  // A resync is due in the middle of a quiet watch as well.
  const Instant until = std::min(watch.deadline, resync_at_);
  const auto bytes = stream_->read(until, stop);
  if (!bytes && bytes.fault().kind == FaultKind::TimedOut && now() < watch.deadline) return;
  if (!bytes) return fail(bytes.fault());
  if (bytes->empty()) {
    stream_.reset();
    return machine_.on_end(now(), random());
  }
  take(machine_.on_bytes(*bytes, now(), random()));
  // What the machine does not want to read on is closed.
  if (!std::holds_alternative<ReadWatch>(machine_.next(now(), random()))) stream_.reset();
}

void Informer::wait(Instant until, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  woken_.wait_until(lock, stop, until, [] { return false; });
}

void Informer::take(std::vector<Delta> deltas) {
  for (Delta& delta : deltas) {
    const bool listed = std::holds_alternative<Replaced>(delta);
    if (auto* const put = std::get_if<Put>(&delta)) trim(put->object);
    for (const Change& change : store_.apply(std::move(delta))) changed_(change);
    if (!listed) continue;
    {
      const std::scoped_lock lock(mutex_);
      synced_ = true;
    }
    woken_.notify_all();
    succeed();
  }
}

void Informer::trim(nlohmann::json& object) const {
  trim_common(object);
  if (options_.trim) options_.trim(object);
}

void Informer::fail(const Fault& fault) {
  stream_.reset();
  machine_.on_fault(fault, now(), random());
  if (fault.kind == FaultKind::Stopped) return;
  const std::scoped_lock lock(mutex_);
  // What is said once is not said again.
  if (!trouble_ || trouble_->message != fault.message) {
    log::warn("watch failed",
              {{"resource", options_.resource.plural}, {"fault", name(fault.kind)}, {"error", fault.message}});
  }
  trouble_ = fault;
}

void Informer::succeed() {
  const std::scoped_lock lock(mutex_);
  trouble_.reset();
}

void Informer::resync() {
  if (now() < resync_at_) return;
  const bool first = resync_at_ == Instant();
  resync_at_ = now() + options_.resync + std::chrono::floor<std::chrono::milliseconds>(options_.resync / 2 * random());
  if (first) return;
  for (const Object& object : store_.all()) changed_({key_of(*object), object, object});
}

bool wait_synced(const std::vector<const Informer*>& informers, Instant deadline, const std::stop_token& stop) {
  return std::all_of(informers.begin(), informers.end(),
                     [&](const Informer* informer) { return informer->wait_synced(deadline, stop); });
}

}  // namespace mlgateway::kube
