// Which route a request means: by host, path and the model named in the path. Built once per snapshot.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "sidecar/base/result.hpp"
#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::protocol {

enum class Operation : std::uint8_t { Infer, Metadata, Ready, ListModels };

// Indices into GatewayConfig::routes: the routes of the host itself, then those of any host. Two spans behind the face
// of one, because joining them for every host would cost routes times hosts. As good as the Router it came from.
class Candidates {
 public:
  class Iterator {
   public:
    using value_type = std::uint32_t;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const Candidates& all, std::size_t index) : all_(&all), index_(index) {}
    std::uint32_t operator*() const { return (*all_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    Iterator operator++(int) {
      Iterator old = *this;
      ++index_;
      return old;
    }
    bool operator==(const Iterator& other) const { return index_ == other.index_; }

   private:
    const Candidates* all_ = nullptr;
    std::size_t index_ = 0;
  };

  Candidates() = default;
  explicit Candidates(std::span<const std::uint32_t> own, std::span<const std::uint32_t> shared = {})
      : own_(own), shared_(shared) {}

  std::size_t size() const { return own_.size() + shared_.size(); }
  bool empty() const { return size() == 0; }
  std::uint32_t operator[](std::size_t i) const { return i < own_.size() ? own_[i] : shared_[i - own_.size()]; }
  std::uint32_t front() const { return (*this)[0]; }
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size()}; }

 private:
  std::span<const std::uint32_t> own_;
  std::span<const std::uint32_t> shared_;
};

struct Match {
  // Never empty. Exactly one when the path names the model or is a declared (Generic) one, and with MLflow, whose paths
  // name none.
  Candidates candidates;
  Operation operation = Operation::Infer;
  std::string_view version;      // named in the path: a part of the path given; empty when none
  std::size_t version_at = 0;    // where in the path "/versions/V" (TorchServe: "/V") stands,
  std::size_t version_size = 0;  // and how long it is
  bool model_in_body = false;    // OpenAI: the body decides among the candidates: route_of_model()
  bool list_models = false;      // GET /v1/models: the gateway answers itself (list_models.hpp)
};

// Points into the config, which must outlive it and stay as it is. Immutable: any number of threads may ask.
class Router {
 public:
  explicit Router(const config::GatewayConfig& config);
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) = delete;

  // `host` is without port, in any case, with or without a trailing dot; empty: only routes of any host match. `path`
  // is without query and has passed the strict check (no dot segments, empty segments or encoded slashes).
  //
  // A path is compared as the model will read it: percent-decoded, once; so a detour through %61 meets the same route.
  // A version in the path is not decoded.
  // Routes of the host itself come first, for every protocol; then routes of any host. Within them the protocols' own
  // paths come before declared ones; of declared ones the exact, then the longest prefix. A path of more than one
  // protocol belongs to the first, in the order of config::Protocol, that has a route for it.
  //
  // RouteNotFound; MethodNotAllowed when the path exists for other methods (ask allowed_methods()). Whether the version
  // exists is split's question. Allocates nothing unless it fails.
  Result<Match> match(std::string_view host, std::string_view method, std::string_view path) const;

  // The Allow field for that path, e.g. "GET, HEAD"; empty when match() would say RouteNotFound.
  std::string_view allowed_methods(std::string_view host, std::string_view path) const;

  // The OpenAI route that serves the model a body names at this host: its own before any host's. ModelNotFound.
  // A candidate of ListModels is to be listed when this finds it again by its model (a host's own route hides another).
  Result<std::uint32_t> route_of_model(std::string_view host, std::string_view model) const;

 private:
  struct Tables;
  struct Found;
  bool find(std::string_view host, std::string_view path, Found& found) const;

  std::unique_ptr<const Tables> tables_;
};

}  // namespace mlgateway::protocol
