package testbed

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// CMPServer is a running argocd-cmp-server, as it is in a sidecar of Argo CD's
// repo-server: it runs one config management plugin.
type CMPServer struct {
	*process
	// Sockets is the folder that a repo-server looks for the plugin's socket in
	// (ARGOCD_PLUGINSOCKFILEPATH).
	Sockets string
	folder  string
	// container that it runs in, or "".
	container string
}

// Sidecar is a container for an argocd-cmp-server: an image, and what is mounted into
// it, as HOST:CONTAINER.
type Sidecar struct {
	Image  string
	Mounts []string
}

// StartCMPServer starts argocd-cmp-server from the binary that ArgoCDProgram
// builds, with the text of a plugin.yaml. It runs the plugin's commands with this
// environment and with what a request adds to it. It has a work folder of its own,
// with a short name, since the path of a socket has 108 bytes at most. Its log is
// written to a file, at the level that Argo CD's manifests set (info). It takes
// about 100 ms and 60 MB. With a sidecar it runs in that, as in Argo CD's pod:
// read-only, as user 999, without any right, on the host's network.
func StartCMPServer(binary, plugin string, environment []string, logFile string, in *Sidecar) (*CMPServer, error) {
	folder, err := os.MkdirTemp("", "cmp-")
	if err != nil {
		return nil, err
	}
	s := &CMPServer{Sockets: filepath.Join(folder, "plugins"), folder: folder}
	if err := s.start(binary, plugin, environment, logFile, in); err != nil {
		os.RemoveAll(folder)
		return nil, err
	}
	return s, nil
}

func (s *CMPServer) start(binary, plugin string, environment []string, logFile string, in *Sidecar) error {
	config := filepath.Join(s.folder, "config")
	for _, folder := range []string{config, s.Sockets} {
		if err := os.Mkdir(folder, 0o755); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(config, "plugin.yaml"), []byte(plugin), 0o644); err != nil {
		return err
	}
	log, err := os.OpenFile(logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close() // the server has its own
	cmd := exec.Command(binary, "cmp-server", "--config-dir-path", config)
	cmd.Env = append(environment[:len(environment):len(environment)],
		"ARGOCD_PLUGINSOCKFILEPATH="+s.Sockets,
		"ARGOCD_CMP_WORKDIR="+s.folder,
	)
	if in != nil {
		if cmd, err = s.inContainer(binary, config, environment, in); err != nil {
			return err
		}
	}
	cmd.Stderr = log
	s.process, err = startCommand(cmd, logOf(logFile))
	return err
}

// inContainer is the command that runs the server in a sidecar, with the paths that
// Argo CD's manifests give it there.
func (s *CMPServer) inContainer(binary, config string, environment []string, in *Sidecar) (*exec.Cmd, error) {
	// The folder's owner is whoever runs the tests.
	if err := errors.Join(os.Chmod(s.folder, 0o755), os.Chmod(s.Sockets, 0o777)); err != nil {
		return nil, err
	}
	s.container = "esfn-test-" + filepath.Base(s.folder)
	const home = "/home/argocd/cmp-server"
	const server = "/var/run/argocd/argocd-cmp-server"
	args := []string{"run", "--rm", "--name", s.container, "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges",
		"--user", "999", "--network", "host", "--tmpfs", "/tmp:mode=1777", "-v", binary + ":" + server + ":ro",
		"-v", config + ":" + home + "/config:ro", "-v", s.Sockets + ":" + home + "/plugins"}
	for _, mount := range in.Mounts {
		args = append(args, "-v", mount+":ro")
	}
	for _, variable := range environment {
		if !strings.HasPrefix(variable, "PATH=") {
			args = append(args, "-e", variable)
		}
	}
	args = append(args, in.Image, server, "cmp-server", "--config-dir-path", home+"/config")
	return exec.Command("docker", args...), nil
}

// Stop ends the server, and removes its work folder.
func (s *CMPServer) Stop() {
	if s.container != "" {
		_ = exec.Command("docker", "kill", s.container).Run()
	}
	s.process.Stop()
	os.RemoveAll(s.folder)
}

// logOf is a log that is read when it is asked for.
type logOf string

func (file logOf) String() string {
	text, err := os.ReadFile(string(file))
	if err != nil {
		return err.Error()
	}
	return string(text)
}
