#include "sidecar/http/problem.hpp"

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace mlgateway::http {
namespace {

using nlohmann::json;

// The interface, written a second time on purpose: a change of a status must be made in two places.
const std::map<int, std::string> kStatuses = {
    {400, "MalformedRequest CredentialAmbiguous InvalidDeadline BodyInvalid"},
    {401,
     "CredentialMissing CredentialInvalid CredentialExpired TokenMalformed TokenAlgorithmNotAllowed TokenIssuerUnknown "
     "TokenKeyUnknown TokenSignatureInvalid TokenAudienceMismatch TokenNotYetValid TokenClaimsInvalid "
     "TokenInactive"},
    {403, "OverrideNotAllowed NotAuthorized NoTier CostTooHigh"},
    {404, "RouteNotFound VersionNotFound ModelNotFound"},
    {405, "MethodNotAllowed"},
    {408, "SlowRequest"},
    {413, "BodyTooLarge"},
    {414, "UriTooLong"},
    {415, "BodyUnreadable"},
    {417, "ExpectationFailed"},
    {426, "TlsRequired"},
    {429, "RateLimited BudgetSpent TooManyFailures"},
    {431, "HeadTooLarge"},
    {499, "ClientClosed ClientTooSlow"},
    {500, "Internal InvalidConfig"},
    {501, "UnsupportedTransferCoding"},
    {502, "UpstreamUnreachable UpstreamMalformed UpstreamClosed"},
    {503,
     "KeysUnavailable IntrospectionUnavailable TooManyConnections NotConfigured NoVersionAvailable TooManyAccounts"},
    {504, "NotCached UpstreamConnectTimeout UpstreamFirstByteTimeout RequestTimeout CallerDeadline StreamIdleTimeout"},
    {505, "UnsupportedHttpVersion"},
};

const Error kError(Reason::ModelNotFound, "internal words", "no \"x\"\n\x01\xff");

TEST(Problem, GivesEveryReasonItsStatusAndTitle) {
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    const auto reason = static_cast<Reason>(i);
    const auto row = kStatuses.find(status_of(reason));
    ASSERT_NE(row, kStatuses.end()) << name(reason);
    EXPECT_NE((' ' + row->second + ' ').find(' ' + std::string(name(reason)) + ' '), std::string::npos) << name(reason);
    EXPECT_FALSE(title_of(reason).empty()) << name(reason);
    EXPECT_NE(phrase_of(status_of(reason)), "Unknown") << name(reason);
  }
}

TEST(Problem, IsValidJsonForEveryReasonAndShape) {
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    const Error error(static_cast<Reason>(i), "internal words", "a detail");
    for (const ErrorShape shape : {ErrorShape::Problem, ErrorShape::OpenAI, ErrorShape::OpenInferenceV2,
                                   ErrorShape::KServeV1, ErrorShape::MLflow, ErrorShape::TorchServe}) {
      const Problem problem = describe(error, shape, "id-1");
      EXPECT_EQ(problem.status, status_of(error.reason));
      EXPECT_TRUE(json::accept(problem.body)) << problem.body;
      for (const std::string_view part :
           {title_of(error.reason), std::string_view("a detail"), name(error.reason), std::string_view("id-1")}) {
        EXPECT_NE(problem.body.find(part), std::string::npos) << problem.body;
      }
      EXPECT_EQ(problem.body.find("internal words"), std::string::npos);
    }
  }
}

TEST(Problem, SpeaksProblemJson) {
  const Problem problem = describe(Error(Reason::RouteNotFound, "x"), ErrorShape::Problem, "id");
  EXPECT_EQ(problem.content_type, "application/problem+json");
  EXPECT_EQ(json::parse(problem.body), json({{"type", "about:blank"},
                                             {"title", "Not Found"},
                                             {"status", 404},
                                             {"detail", "No route serves this host and path"},
                                             {"reason", "RouteNotFound"},
                                             {"requestId", "id"}}));
}

TEST(Problem, SpeaksAsOpenAiDoes) {
  const Problem problem = describe(kError, ErrorShape::OpenAI, "id");
  EXPECT_EQ(problem.content_type, "application/json");
  const json error = json::parse(problem.body).at("error");
  EXPECT_EQ(error.at("type"), "invalid_request_error");
  EXPECT_EQ(error.at("code"), "model_not_found");
  EXPECT_TRUE(error.at("param").is_null());
  EXPECT_EQ(error.at("reason"), "ModelNotFound");
  const auto code_of = [](Reason reason) {
    return json::parse(describe(Error(reason, ""), ErrorShape::OpenAI, "id").body).at("error").at("code");
  };
  EXPECT_EQ(code_of(Reason::CredentialMissing), "invalid_api_key");
  EXPECT_TRUE(code_of(Reason::BodyTooLarge).is_null());
  const Problem internal = describe(Error(Reason::UpstreamClosed, ""), ErrorShape::OpenAI, "id");
  EXPECT_EQ(json::parse(internal.body).at("error").at("type"), "server_error");
}

TEST(Problem, SpeaksAsV2Does) {
  const json body =
      json::parse(describe(Error(Reason::BodyInvalid, "x", "/inputs"), ErrorShape::OpenInferenceV2, "id").body);
  EXPECT_EQ(body.at("error"),
            "The request body is not what the protocol asks for: /inputs (reason BodyInvalid, request id)");
  EXPECT_EQ(body.at("reason"), "BodyInvalid");
}

TEST(Problem, NamesThePoliciesThatRefused) {
  const std::vector<std::string> policies = {"day", "a\"b"};
  for (const Reason reason : {Reason::RateLimited, Reason::BudgetSpent}) {
    const json body = json::parse(describe(Error(reason, ""), ErrorShape::Problem, "id", policies).body);
    EXPECT_EQ(body.at("type"), "https://iana.org/assignments/http-problem-types#quota-exceeded");
    EXPECT_EQ(body.at("violated-policies"), json(policies));
    EXPECT_EQ(body.at("title"), "Too Many Requests");
    EXPECT_EQ(json::parse(describe(Error(reason, ""), ErrorShape::Problem, "id").body).at("violated-policies"),
              json::array());
  }
  // A cost that never fits is no quota that could be waited for.
  const json never = json::parse(describe(Error(Reason::CostTooHigh, ""), ErrorShape::Problem, "id", policies).body);
  EXPECT_EQ(never.at("type"), "about:blank");
  EXPECT_FALSE(never.contains("violated-policies"));
}

TEST(Problem, TellsOpenAisClientsARateFromABudget) {
  const auto error_of = [](Reason reason) {
    return json::parse(describe(Error(reason, ""), ErrorShape::OpenAI, "id").body).at("error");
  };
  EXPECT_EQ(error_of(Reason::RateLimited).at("type"), "requests");
  EXPECT_EQ(error_of(Reason::RateLimited).at("code"), "rate_limit_exceeded");
  for (const Reason reason : {Reason::BudgetSpent, Reason::CostTooHigh}) {
    EXPECT_EQ(error_of(reason).at("type"), "insufficient_quota");
    EXPECT_EQ(error_of(reason).at("code"), "insufficient_quota");
  }
}

TEST(Problem, SpeaksAsKServeV1Does) {
  const json body = json::parse(describe(kError, ErrorShape::KServeV1, "id").body);
  EXPECT_EQ(body, json::parse(describe(kError, ErrorShape::OpenInferenceV2, "id").body));
}

TEST(Problem, SpeaksAsMLflowDoes) {
  const Problem problem = describe(Error(Reason::BodyInvalid, "x", "/inputs"), ErrorShape::MLflow, "id");
  EXPECT_EQ(problem.content_type, "application/json");
  EXPECT_EQ(json::parse(problem.body), json({{"error_code", "BAD_REQUEST"},
                                             {"message", "The request body is not what the protocol asks for: /inputs"},
                                             {"reason", "BodyInvalid"},
                                             {"requestId", "id"}}));
  const auto code_of = [](Reason reason) {
    return json::parse(describe(Error(reason, ""), ErrorShape::MLflow, "id").body).at("error_code");
  };
  EXPECT_EQ(code_of(Reason::RateLimited), "REQUEST_LIMIT_EXCEEDED");
  EXPECT_EQ(code_of(Reason::BudgetSpent), "RESOURCE_EXHAUSTED");
  EXPECT_EQ(code_of(Reason::CredentialMissing), "UNAUTHENTICATED");
  EXPECT_EQ(code_of(Reason::NoTier), "PERMISSION_DENIED");
  EXPECT_EQ(code_of(Reason::VersionNotFound), "ENDPOINT_NOT_FOUND");
  EXPECT_EQ(code_of(Reason::BodyUnreadable), "BAD_REQUEST");
  EXPECT_EQ(code_of(Reason::UnsupportedTransferCoding), "NOT_IMPLEMENTED");
  EXPECT_EQ(code_of(Reason::UpstreamClosed), "TEMPORARILY_UNAVAILABLE");
  EXPECT_EQ(code_of(Reason::NoVersionAvailable), "TEMPORARILY_UNAVAILABLE");
  EXPECT_EQ(code_of(Reason::RequestTimeout), "DEADLINE_EXCEEDED");
  EXPECT_EQ(code_of(Reason::Internal), "INTERNAL_ERROR");
}

TEST(Problem, SpeaksAsTorchServeDoes) {
  const Problem problem = describe(Error(Reason::RateLimited, "x", "wait"), ErrorShape::TorchServe, "id");
  EXPECT_EQ(problem.content_type, "application/json");
  EXPECT_EQ(json::parse(problem.body), json({{"code", 429},
                                             {"type", "TooManyRequestsException"},
                                             {"message", "Too many requests at once: wait"},
                                             {"reason", "RateLimited"},
                                             {"requestId", "id"}}));
  const auto type_of = [](Reason reason) {
    return json::parse(describe(Error(reason, ""), ErrorShape::TorchServe, "id").body).at("type");
  };
  EXPECT_EQ(type_of(Reason::BodyInvalid), "BadRequestException");
  EXPECT_EQ(type_of(Reason::CredentialInvalid), "InvalidKeyException");
  EXPECT_EQ(type_of(Reason::RouteNotFound), "ResourceNotFoundException");
  EXPECT_EQ(type_of(Reason::ModelNotFound), "ModelNotFoundException");
  EXPECT_EQ(type_of(Reason::VersionNotFound), "ModelVersionNotFoundException");
  EXPECT_EQ(type_of(Reason::MethodNotAllowed), "MethodNotAllowedException");
  EXPECT_EQ(type_of(Reason::RequestTimeout), "RequestTimeoutException");
  EXPECT_EQ(type_of(Reason::UpstreamUnreachable), "ServiceUnavailableException");
  EXPECT_EQ(type_of(Reason::Internal), "InternalServerException");
}

TEST(Problem, EscapesWhatCallersSent) {
  const json body = json::parse(describe(kError, ErrorShape::Problem, "a\"b\\").body);
  EXPECT_EQ(body.at("detail"), "No such model is served here: no \"x\"\n\x01\xEF\xBF\xBD");
  EXPECT_EQ(body.at("requestId"), "a\"b\\");
}

TEST(Problem, ReplacesWhatIsNoUtf8AndKeepsWhatIs) {
  const std::string good = "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";
  for (const std::string& bad :
       {std::string("\x80"), std::string("\xc0\xaf"), std::string("\xed\xa0\x80"), std::string("\xe2\x82"),
        std::string("\xf5\x80\x80\x80"), std::string("\xf0\x80\x80\x80"), std::string("\xf4\x90\x80\x80")}) {
    const Problem problem = describe(Error(Reason::Internal, "", good + bad + good), ErrorShape::Problem, "id");
    ASSERT_TRUE(json::accept(problem.body)) << testing::PrintToString(bad);
    const std::string detail = json::parse(problem.body).at("detail");
    EXPECT_TRUE(detail.ends_with(good));
    EXPECT_NE(detail.find("\xEF\xBF\xBD"), std::string::npos);
  }
}

}  // namespace
}  // namespace mlgateway::http
