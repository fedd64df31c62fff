#include "operator/kube/credentials.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operator/kube/token_source.hpp"

namespace mlgateway::kube {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// A folder that is gone with the test.
class CredentialsTest : public testing::Test {
 protected:
  CredentialsTest() {
    std::string name = (std::filesystem::temp_directory_path() / "mlgateway-kube-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~CredentialsTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }
  static Environment with(std::string host, std::string port) {
    return [=](const char* name) -> std::optional<std::string> {
      return std::string(name) == "KUBERNETES_SERVICE_HOST" ? host : port;
    };
  }
  Result<Credentials> kubeconfig(const std::string& cluster, const std::string& user,
                                 bool allow_insecure = false) const {
    const std::string text =
        "current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u, namespace: n}}]\n"
        "clusters: [{name: k, cluster: {" +
        cluster + "}}]\nusers: [{name: u, user: {" + user + "}}]\n";
    return from_kubeconfig({write("config", text)}, {"", allow_insecure});
  }

  std::filesystem::path folder_;
};

TEST_F(CredentialsTest, OfAPodAreWhatTheKubeletGivesIt) {
  write("ca.crt", "CA");
  write("token", "T\n");
  write("namespace", "system\n");
  const auto credentials = in_cluster(with("10.0.0.1", "443"), folder_);
  ASSERT_TRUE(credentials) << credentials.error().message;
  EXPECT_EQ(credentials->peer.url, "https://10.0.0.1:443");
  EXPECT_EQ(credentials->namespace_name, "system");
  EXPECT_EQ(in_cluster(with("fd00::1", "443"), folder_)->peer.url, "https://[fd00::1]:443");
  EXPECT_EQ(in_cluster(with("[fd00::1]", "443"), folder_)->peer.url, "https://[fd00::1]:443");
}

TEST_F(CredentialsTest, OfAPodThatIsNoneSayWhy) {
  EXPECT_THAT(in_cluster([](const char*) { return std::nullopt; }, folder_).error().message,
              HasSubstr("is this a pod?"));
  EXPECT_THAT(in_cluster(with("10.0.0.1", "http"), folder_).error().message, HasSubstr("must be a port, is 'http'"));
  EXPECT_THAT(in_cluster(with("10.0.0.1", "443"), folder_).error().message, HasSubstr("ca.crt"));
  write("ca.crt", "CA");
  write("token", "");
  EXPECT_THAT(in_cluster(with("10.0.0.1", "443"), folder_).error().message, HasSubstr("token is empty"));
}

TEST_F(CredentialsTest, OfAKubeconfigMayBeFilesBesideItOrData) {
  const auto files = kubeconfig("server: 'https://k:6443/', certificate-authority: ca.crt",
                                "client-certificate: c.crt, client-key: c.key");
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_EQ(files->peer.url, "https://k:6443");
  EXPECT_EQ(files->peer.authorities.file, folder_ / "ca.crt");
  EXPECT_EQ(files->peer.key.file, folder_ / "c.key");
  EXPECT_EQ(files->namespace_name, "n");
  const auto data = kubeconfig("server: 'https://k', certificate-authority-data: Q0E=", "token: T, tokenFile: t");
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_EQ(data->peer.authorities.text, "CA");
  EXPECT_EQ(data->token.file, folder_ / "t");
}

TEST_F(CredentialsTest, ThatAreNotUnderstoodAreRefusedWithFileAndField) {
  const std::string server = "server: 'https://k'";
  EXPECT_THAT(kubeconfig(server, "exec: {command: x}").error().message,
              HasSubstr("config: users[u].user.exec: is not"));
  EXPECT_THAT(kubeconfig(server, "client-certificate: c").error().message, HasSubstr("user.client-key: is missing"));
  EXPECT_THAT(kubeconfig(server, "client-key-data: '***'").error().message,
              HasSubstr("client-key-data: must be base64"));
  EXPECT_THAT(kubeconfig("server: k", "token: T").error().message,
              HasSubstr("cluster.server: must begin with https://"));
  EXPECT_THAT(kubeconfig(server + ", proxy-url: x", "token: T").error().message, HasSubstr("cluster.proxy-url"));
}

TEST_F(CredentialsTest, AreShownToAnybodyOnlyWhenAPersonSaysSo) {
  const std::string cluster = "server: 'https://k', insecure-skip-tls-verify: true";
  EXPECT_THAT(kubeconfig(cluster, "token: T").error().message, HasSubstr("insecure-skip-tls-verify"));
  EXPECT_FALSE(kubeconfig(cluster, "token: T", true)->peer.verify);
}

TEST_F(CredentialsTest, OfABrokenKubeconfigAreAnErrorAndNoException) {
  for (const char* text : {"", "[", "5", "current-context: c", "current-context: c\ncontexts: [{name: c}]",
                           "current-context: c\ncontexts: 5", "contexts: {a: b}", "current-context: [c]"}) {
    EXPECT_FALSE(from_kubeconfig({write("config", text)}, {})) << text;
  }
  EXPECT_THAT(from_kubeconfig({folder_ / "none"}, {}).error().message, HasSubstr("none"));
}

TEST_F(CredentialsTest, OfSeveralKubeconfigsCountInTheirOrder) {
  const auto first = write("a", "current-context: c\nclusters: [{name: k, cluster: {server: 'https://first'}}]\n");
  const auto second = write("b",
                            "contexts: [{name: c, context: {cluster: k, user: u}}]\n"
                            "clusters: [{name: k, cluster: {server: 'https://second'}}]\n"
                            "users: [{name: u, user: {token: T}}]\n");
  EXPECT_EQ(from_kubeconfig({first, second}, {})->peer.url, "https://first");
  const auto files = kubeconfig_files([](const char*) { return std::optional<std::string>("a::b"); });
  EXPECT_THAT(files, testing::ElementsAre("a", "b"));
}

TEST_F(CredentialsTest, ATokenIsReadAgainWhenItMayHaveBeenRotated) {
  TokenSource tokens(Material{"", write("token", "old\n")});
  const Instant start{1h};
  EXPECT_EQ(tokens.token(start), "old");
  write("token", "new");
  EXPECT_EQ(tokens.token(start + 59s), "old");
  EXPECT_EQ(tokens.token(start + 60s), "new");
  write("token", "newer");
  tokens.distrust();
  EXPECT_EQ(tokens.token(start + 61s), "newer");
}

TEST_F(CredentialsTest, ATokenThatCannotBeReadStaysTheLastGoodOne) {
  const auto file = write("token", "good");
  TokenSource tokens(Material{"", file});
  EXPECT_EQ(tokens.token(Instant(1h)), "good");
  write("token", " \n");
  EXPECT_EQ(tokens.token(Instant(2h)), "good");
  std::filesystem::remove(file);
  EXPECT_EQ(tokens.token(Instant(3h)), "good");
}

}  // namespace
}  // namespace mlgateway::kube
