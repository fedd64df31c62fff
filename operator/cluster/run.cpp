#include "operator/cluster/run.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <prometheus/registry.h>
#include <unistd.h>

#include "operator/admin/admin_server.hpp"
#include "operator/cluster/admin_key.hpp"
#include "operator/cluster/questions.hpp"
#include "operator/cluster/reconciler.hpp"
#include "operator/controller/controller.hpp"
#include "operator/kube/credentials.hpp"
#include "operator/kube/event_recorder.hpp"
#include "sidecar/base/log.hpp"

namespace mlgateway::cluster {
namespace {

constexpr const char* kLease = "mlgateway-operator";
constexpr const char* kReporter = "mlgateway.io/operator";
// A namespace's plan is arithmetic, a question is mostly waiting: for a second where nobody answers, and who does not
// answer is asked more and more seldom.
constexpr int kReconcilers = 2;
constexpr int kAskers = 16;
constexpr auto kRetryKey = std::chrono::seconds(1);

Result<kube::Credentials> credentials_of(const Options& options) {
  const auto environment = kube::process_environment();
  if (options.kubeconfig.empty()) return kube::in_cluster(environment);
  return kube::from_kubeconfig({options.kubeconfig}, {});
}

// SIGTERM and SIGINT, for the thread that waits for them; blocked in every thread made since.
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }
  void wait() const {
    int signal = 0;
    ::sigwait(&set_, &signal);
  }

 private:
  sigset_t set_;
};

// The parts and their threads, in the order in which they depend on each other.
class Operator {
 public:
  Operator(kube::Credentials credentials, const Options& options)
      : client_(std::move(credentials)),
        own_namespace_(options.own_namespace.empty() ? client_.namespace_name() : options.own_namespace),
        identity_(kube::new_identity()),
        events_(client_, {kReporter, identity_}),
        namespaces_(
            {"namespace", kReconcilers, {}},
            [this](const api::ObjectKey& key, const std::stop_token& stop) {
              return reconciler_->reconcile(key.namespace_name, std::chrono::system_clock::now(), stop);
            },
            registry_),
        pods_(
            {"pod", kAskers, {}},
            [this](const api::ObjectKey& key, const std::stop_token& stop) { return questions_->ask(key, stop); },
            registry_),
        caches_(client_, options.namespaces,
                {[this](const std::string& name) { look_at(name); },
                 [this](const api::ObjectKey& pod) { pods_.queue().add(pod); }}),
        writer_(client_, leader_),
        leader_(client_, {own_namespace_, kLease, identity_}, {[this] { begin(); }, [this] { lose(); }}) {}

  // Work ends first, then the lease is given back.
  ~Operator() {
    {
      const std::scoped_lock lock(mutex_);
      ending_ = true;
    }
    starter_ = {};
    namespaces_.stop();
    pods_.stop();
  }

  Result<std::unique_ptr<admin::AdminServer>> serve(const std::string& address) {
    return admin::AdminServer::open(address, {registry_, [this] { return not_ready(); }});
  }

  // Every replica answers the API server's calls, whoever leads.
  Status serve_webhooks(const webhook::Options& options) {
    if (options.address.empty()) return Done{};
    auto webhooks = webhook::Webhooks::start(options, own_namespace_, client_, registry_);
    if (!webhooks) return webhooks.error();
    webhooks_ = std::move(*webhooks);
    return Done{};
  }

  bool lost() const { return lost_; }

 private:
  std::string not_ready() const {
    if (!caches_.synced()) return "not everything has been listed yet";
    return webhooks_ ? webhooks_->not_ready() : "";
  }

  void look_at(const std::string& namespace_name) { namespaces_.queue().add({namespace_name, ""}); }

  // Called from the leader's thread, which must go on renewing.
  void begin() {
    const std::scoped_lock lock(mutex_);
    if (ending_) return;
    starter_ = std::jthread([this](const std::stop_token& stop) { start(stop); });
  }

  void start(const std::stop_token& stop) {
    const auto key = obtain_key(stop);
    if (!key || !caches_.wait_synced(stop)) return;
    configs_.emplace(caches_, reports_, writer_, [this](const api::ObjectKey& pod) { pods_.queue().add(pod); });
    services_.emplace(caches_, writer_);
    policies_.emplace(caches_, writer_);
    reconciler_.emplace(caches_, reports_, *configs_, *services_, *policies_, writer_, *key,
                        [this](kube::Event event) { events_.record(std::move(event)); });
    questions_.emplace(caches_, reports_, writer_, metrics_, *key, [this](const std::string& name) { look_at(name); });
    namespaces_.start();
    pods_.start();
  }

  std::optional<std::string> obtain_key(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const auto key = admin_key(writer_, own_namespace_, stop);
      if (key) return *key;
      log::error("no key for the sidecars' tokens", {{"error", key.fault().message}});
      std::unique_lock lock(mutex_);
      stopped_.wait_for(lock, stop, kRetryKey, [] { return false; });
    }
    return std::nullopt;
  }

  // Another leads: whatever this process still plans is out of date.
  void lose() {
    lost_ = true;
    ::kill(::getpid(), SIGTERM);
  }

  kube::Client client_;
  const std::string own_namespace_;
  const std::string identity_;
  kube::EventRecorder events_;
  prometheus::Registry registry_;
  std::unique_ptr<webhook::Webhooks> webhooks_;  // null: there are none
  SidecarMetrics metrics_{registry_};
  ReportBook reports_;
  std::optional<ConfigWriter> configs_;
  std::optional<ServiceWriter> services_;
  std::optional<PolicyWriter> policies_;
  std::optional<Reconciler> reconciler_;  // there before the controllers start
  std::optional<Questions> questions_;
  controller::Controller namespaces_;
  controller::Controller pods_;
  Caches caches_;
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::atomic<bool> lost_{false};
  bool ending_ = false;  // guarded by mutex_
  std::jthread starter_;
  Writer writer_;
  kube::Leader leader_;  // last: its thread uses all of the above
};

}  // namespace

int run(const Options& options) {
  const Signals signals;
  auto credentials = credentials_of(options);
  if (!credentials) {
    log::error("cannot run", {{"error", credentials.error().message}});
    return 1;
  }
  Operator op(std::move(*credentials), options);
  const Status webhooks = op.serve_webhooks(options.webhook);
  if (!webhooks) {
    log::error("cannot run", {{"error", webhooks.error().message}});
    return 1;
  }
  const auto server = op.serve(options.admin);
  if (!server) {
    log::error("cannot run", {{"error", server.error().message}});
    return 1;
  }
  signals.wait();
  log::info("stopping");
  return op.lost() ? 1 : 0;
}

}  // namespace mlgateway::cluster
