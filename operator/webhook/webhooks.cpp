#include "operator/webhook/webhooks.hpp"

#include <utility>

#include "operator/webhook/given_certificates.hpp"
#include "operator/webhook/overrides.hpp"
#include "operator/webhook/own_certificates.hpp"
#include "sidecar/base/log.hpp"

namespace mlgateway::webhook {
namespace {

using Steady = std::chrono::steady_clock;
using System = std::chrono::system_clock;

std::function<Round(const std::stop_token&)> look_by(const Options& options, const std::string& own_namespace,
                                                     kube::Client& client) {
  if (!options.certificates.empty()) {
    return [folder = options.certificates](const std::stop_token&) { return look_at_given(folder, System::now()); };
  }
  Wanted wanted{options.hosts, options.lifetime};
  if (wanted.hosts.empty()) wanted.hosts = {"mlgateway-webhook." + own_namespace + ".svc"};
  const auto own = std::make_shared<OwnCertificates>(
      client, OwnCertificates::Names{{own_namespace, options.secret}, options.mutating, options.validating},
      std::move(wanted));
  return [own](const std::stop_token& stop) { return own->look(System::now(), Steady::now(), stop); };
}

}  // namespace

Webhooks::Webhooks(Settings settings, Look look, prometheus::Registry& registry)
    : calls_(std::move(settings), fresh_randoms, registry),
      look_(std::move(look)),
      expiry_(prometheus::BuildGauge()
                  .Name("mlgateway_webhook_certificate_expiry_timestamp_seconds")
                  .Help("When the webhooks' certificate ends, in seconds since 1970")
                  .Register(registry)
                  .Add({})) {}

Result<std::unique_ptr<Webhooks>> Webhooks::start(const Options& options, const std::string& own_namespace,
                                                  kube::Client& client, prometheus::Registry& registry) {
  auto settings = settings_from(options.sidecar);
  if (!settings) return Error(Reason::InvalidConfig, "--sidecar: " + settings.error().message);
  settings->operator_namespace = own_namespace;
  std::unique_ptr<Webhooks> webhooks(
      new Webhooks(std::move(*settings), look_by(options, own_namespace, client), registry));
  auto server =
      Server::start(options.address, [calls = &webhooks->calls_](std::string_view path, std::string_view body) {
        const auto begun = Steady::now();
        HttpAnswer answer = calls->answer(path, body);
        calls->took(path, Steady::now() - begun);
        return answer;
      });
  if (!server) return Error(server.error().reason, "--webhook: " + server.error().message);
  webhooks->server_ = std::move(*server);
  log::info("webhooks are listening", {{"port", webhooks->server_->port()}});
  webhooks->thread_ = std::jthread([self = webhooks.get()](const std::stop_token& stop) { self->keep(stop); });
  return webhooks;
}

Webhooks::~Webhooks() = default;

std::string Webhooks::not_ready() const {
  const std::scoped_lock lock(mutex_);
  return not_ready_;
}

void Webhooks::keep(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const Round round = look_(stop);
    take(round);
    std::unique_lock lock(mutex_);
    stopped_.wait_for(lock, stop, round.again, [] { return false; });
  }
}

void Webhooks::take(const Round& round) {
  std::string why = round.not_ready;
  if (round.serving && round.serving != shown_) {
    const Status shown = server_->show(*round.serving);
    if (!shown) why = shown.error().message;
    if (shown) shown_ = round.serving;
    if (const auto until = good_until(*round.serving)) expiry_.Set(static_cast<double>(System::to_time_t(*until)));
  }
  const std::scoped_lock lock(mutex_);
  if (why == not_ready_) return;
  not_ready_ = why;
  if (!why.empty()) log::warn("webhooks are not ready", {{"reason", why}});
  if (why.empty()) log::info("webhooks are ready");
}

}  // namespace mlgateway::webhook
