// What the admin port answers: decided on values, so that the server only has to carry it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sidecar/admin/admin_server.hpp"

namespace mlgateway::admin {

struct Answer {
  int status = 200;
  std::string_view content_type = "text/plain; charset=utf-8";
  std::string body;
  std::string_view allow = {};         // the field Allow, with 405
  std::string_view authenticate = {};  // the field WWW-Authenticate, with 401
  std::function<bool()> due = {};      // it is given when this is true; empty: at once
};

struct Question {
  std::string_view method;
  std::string_view target;                        // as received; a query is of no consequence
  std::optional<std::string_view> authorization;  // none also when the request has several
};

Answer answer(const Question& question, const Sources& sources);

// Whether the field is "Bearer TOKEN" with a TOKEN of that digest; compared in constant time.
bool bears(std::string_view authorization, const config::Digest& digest);

}  // namespace mlgateway::admin
