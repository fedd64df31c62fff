#include "sidecar/process.hpp"

#include <algorithm>
#include <set>
#include <thread>

#include <prometheus/metric_family.h>

#include "sidecar/admin/certificate_metrics.hpp"
#include "sidecar/admin/commons_metrics.hpp"
#include "sidecar/admin/introspection_metrics.hpp"
#include "sidecar/admin/key_metrics.hpp"
#include "sidecar/admin/masked.hpp"
#include "sidecar/admin/state.hpp"
#include "sidecar/base/log.hpp"
#include "sidecar/config/digest.hpp"

namespace mlgateway {
namespace {

using namespace std::chrono_literals;

constexpr int kBacklog = 1024;
// How often a drain looks whether anything is left.
constexpr auto kDrainPoll = 10ms;
// How long a configuration waits for keys that it is the first to need. What it changes beside that has to wait as
// well.
constexpr auto kFirstKeys = 2s;

// The metrics as they are scraped: refused configurations are known to the watcher alone until somebody asks, and what
// the workers share is known to nobody's counters.
class Scrape final : public prometheus::Collectable {
 public:
  using InForce = std::function<std::shared_ptr<const config::GatewayConfig>()>;
  Scrape(observe::Metrics& metrics, const config::Watcher& watcher, gateway::Commons& commons,
         const limits::Journal* journal, const jwks::Fetcher& keys, const introspection::Asker& asker, InForce in_force)
      : metrics_(metrics),
        watcher_(watcher),
        commons_(commons),
        journal_(journal),
        keys_(keys),
        asker_(asker),
        in_force_(std::move(in_force)) {}
  std::vector<prometheus::MetricFamily> Collect() const override {
    const std::lock_guard lock(mutex_);
    for (const auto failed = watcher_.state().reloads_failed; counted_ < failed; ++counted_) metrics_.config_refused();
    auto families = metrics_.Collect();
    const auto config = in_force_();
    if (config) {
      admin::append_commons(families, *config, commons_, std::chrono::steady_clock::now());
      admin::append_certificates(families, *config);
    }
    if (journal_ != nullptr) admin::append_journal(families, journal_->numbers());
    admin::append_keys(families, keys_.numbers(), std::chrono::steady_clock::now());
    admin::append_introspections(families, asker_.numbers());
    return families;
  }

 private:
  observe::Metrics& metrics_;
  const config::Watcher& watcher_;
  gateway::Commons& commons_;
  const limits::Journal* const journal_;  // null: there is none
  const jwks::Fetcher& keys_;
  const introspection::Asker& asker_;
  const InForce in_force_;
  mutable std::mutex mutex_;
  mutable std::uint64_t counted_ = 0;
};

std::set<std::string> hosts_of(const config::GatewayConfig& config) {
  std::set<std::string> hosts;
  for (const config::Route& route : config.routes) {
    for (const config::Version& version : route.versions) hosts.insert(version.endpoint.host);
  }
  return hosts;
}

}  // namespace

Process::Process(const Options& options, std::unique_ptr<observe::AccessLog> access_log)
    : options_(options),
      shared_(options.limits),
      recess_(shared_.draining, options.propagation_delay, options.drain_timeout),
      access_log_(std::move(access_log)),
      metrics_(std::make_shared<observe::Metrics>(options.workers, access_log_.get())),
      commons_(options.max_accounts),
      keys_(commons_.tokens().rings),
      asker_(commons_.tokens()),
      watcher_(options.config,
               [this](std::shared_ptr<const config::GatewayConfig> config) { take(std::move(config)); }) {
  commons_.tokens().ask = [this](auth::Question question, std::function<void(const auth::Verdict&)> tell) {
    asker_.ask(std::move(question), std::move(tell));
  };
}

Process::~Process() { asker_.stop(); }

Result<std::unique_ptr<Process>> Process::start(const Options& options) {
  auto access_log = observe::AccessLog::open(options.access_log);
  if (!access_log) return access_log.error();
  std::unique_ptr<Process> process(new Process(options, std::move(*access_log)));
  if (const Status opened = process->open_journal(); !opened) return opened.error();
  if (const Status listening = process->listen(); !listening) return listening.error();
  if (!process->watcher_.load_now(std::chrono::system_clock::now())) {
    log::warn("no configuration yet, every request is answered 503", {{"config", options.config}});
  }
  process->watcher_.start();
  if (const Status open = process->open_admin(); !open) return open.error();
  return process;
}

// Before the first request: who has spent his budget may not be served because nobody remembers.
Status Process::open_journal() {
  if (options_.state.empty()) return Done{};
  auto journal = limits::Journal::open(options_.state, commons_.ledger(), std::chrono::steady_clock::now(),
                                       std::chrono::system_clock::now());
  if (!journal) return journal.error();
  journal_ = std::move(*journal);
  return Done{};
}

// The first worker's socket decides the port; the others join it.
Status Process::listen() {
  const auto wanted = net::Address::parse(options_.listen);
  if (!wanted) return Error(Reason::InvalidConfig, "--listen: " + wanted.error().message);
  net::Address address = *wanted;
  std::vector<int> descriptors;
  for (std::size_t i = 0; i < options_.workers; ++i) {
    const auto descriptor = net::listen_on(address, kBacklog);
    if (!descriptor) return descriptor.error();
    address = address.with_port(net::local_address(*descriptor).port());
    descriptors.push_back(*descriptor);
  }
  for (std::size_t i = 0; i < options_.workers; ++i) {
    workers_.push_back(std::make_unique<server::Worker>(shared_, commons_, descriptors[i], resolver_,
                                                        metrics_->worker(i), *access_log_));
  }
  listening_ = address.to_string();
  return Done{};
}

Status Process::open_admin() {
  auto admin = admin::AdminServer::start(options_.admin, sources());
  if (!admin) return admin.error();
  admin_ = std::move(*admin);
  log::info("listening", {{"listen", listening_}, {"admin", admin_->address()}, {"workers", options_.workers}});
  return Done{};
}

// Returns when every worker serves it, so that /state never claims more than is enforced.
void Process::take(std::shared_ptr<const config::GatewayConfig> config) {
  resolver_.track(hosts_of(*config));
  keys_.track(*config, kFirstKeys);
  asker_.track(*config);
  const auto world = std::make_shared<const gateway::World>(config, commons_);
  for (const auto& worker : workers_) worker->install(world);
  metrics_->config_loaded(std::chrono::system_clock::now());
  log::info("configuration in force", {{"routes", config->routes.size()}, {"hash", config->hash}});
  const std::lock_guard lock(mutex_);
  in_force_ = std::move(config);
}

std::shared_ptr<const config::GatewayConfig> Process::in_force() const {
  const std::lock_guard lock(mutex_);
  return in_force_;
}

admin::Sources Process::sources() {
  admin::Sources sources;
  sources.ready = [this] { return in_force() && !shared_.draining; };
  sources.not_ready_reason = [this] { return shared_.draining ? "draining" : "no configuration has been loaded yet"; };
  sources.state = [this] {
    config::LoadState load = watcher_.state();
    load.config = in_force();
    admin::State state{.workers = workers_.size(), .draining = shared_.draining, .config = std::move(load)};
    if (journal_) state.journal = journal_->numbers();
    state.keys = keys_.numbers();
    return admin::describe(state, *metrics_, commons_, std::chrono::steady_clock::now());
  };
  sources.config = [this] {
    const auto config = in_force();
    return config ? admin::masked(*config) : nlohmann::json(nullptr);
  };
  sources.token_digest = [this] {
    const auto config = in_force();
    return config ? config->admin_token_digest : std::nullopt;
  };
  if (!options_.drain_token.empty()) sources.drain_token_digest = config::sha256(options_.drain_token);
  sources.begin_drain = [this] { recess_.begin(std::chrono::steady_clock::now()); };
  sources.drained = [this] { return recess_.over(std::chrono::steady_clock::now(), metrics_->in_flight()); };
  sources.metrics = std::make_shared<Scrape>(*metrics_, watcher_, commons_, journal_.get(), keys_, asker_,
                                             [this] { return in_force(); });
  return sources;
}

void Process::drain() {
  recess_.keep();
  shared_.draining = true;
  log::info("draining", {{"propagation_delay_ms", options_.propagation_delay.count()}});
  // Endpoints keep sending to a terminating pod until every kube-proxy has heard of it.
  std::this_thread::sleep_for(options_.propagation_delay);
  shared_.closing = true;
  for (const auto& worker : workers_) worker->stop_accepting();
  if (!wait_for_sessions(options_.drain_timeout)) {
    log::warn("requests are cut: they did not finish in time");
    for (const auto& worker : workers_) worker->cut_all();
    wait_for_sessions(1s);
  }
  watcher_.stop();
  if (journal_) journal_->close();
  log::info("drained");
}

bool Process::wait_for_sessions(std::chrono::milliseconds patience) const {
  const Instant deadline = std::chrono::steady_clock::now() + patience;
  const auto busy = [](const auto& worker) { return worker->sessions() > 0; };
  while (std::any_of(workers_.begin(), workers_.end(), busy)) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(kDrainPoll);
  }
  return true;
}

}  // namespace mlgateway
