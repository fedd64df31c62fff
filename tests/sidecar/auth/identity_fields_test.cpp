#include "sidecar/auth/identity_fields.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace mlgateway::auth {
namespace {

using config::IdentityPart;
using Headers = std::vector<config::IdentityHeader>;

const Headers kHeaders = {{"x-user", IdentityPart::Principal},
                          {"x-tenant", IdentityPart::Tenant},
                          {"x-issuer", IdentityPart::Issuer},
                          {"x-method", IdentityPart::Method}};

std::string fields_of(const Principal& principal, const Headers& headers = kHeaders) {
  std::string fields;
  append_identity_fields(fields, headers, principal);
  return fields;
}

TEST(IdentityFields, TellWhoCalls) {
  const Principal alice{.method = "corp", .issuer = "https://id.example/", .name = "alice", .tenant = "acme"};
  EXPECT_EQ(fields_of(alice), "x-user: alice\r\nx-tenant: acme\r\nx-issuer: https://id.example/\r\nx-method: corp\r\n");
  EXPECT_EQ(fields_of(alice, {{"x-org", IdentityPart::Tenant}}), "x-org: acme\r\n");
}

TEST(IdentityFields, LeaveOutWhatACallerDoesNotHave) {
  EXPECT_EQ(fields_of({.method = "keys", .issuer = "team", .name = "bob"}),
            "x-user: bob\r\nx-issuer: team\r\nx-method: keys\r\n");
  EXPECT_EQ(fields_of({.method = "everyone", .anonymous = true}), "x-method: everyone\r\n");
}

TEST(IdentityFields, EncodeWhatCannotStandInAField) {
  EXPECT_EQ(fields_of({.name = "al\xc3\xad 100%"}), "x-user: al%C3%AD%20100%25\r\n");
  EXPECT_EQ(fields_of({.name = "a\r\nx-tenant: acme"}), "x-user: a%0D%0Ax-tenant:%20acme\r\n");
}

TEST(IdentityFields, AreKnownInEveryWayThatAServerMayReadThem) {
  for (const char* name : {"x-user", "X-User", "X_USER", "x_tenant", "x-method"}) {
    EXPECT_TRUE(is_identity_field(kHeaders, name)) << name;
  }
  for (const char* name : {"x-users", "xuser", "user", ""}) EXPECT_FALSE(is_identity_field(kHeaders, name)) << name;
  EXPECT_FALSE(is_identity_field({}, ""));
}

}  // namespace
}  // namespace mlgateway::auth
