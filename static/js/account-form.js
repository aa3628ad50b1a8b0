// Shows only what the chosen role asks for. Without this module all fields stay visible and the server says which
// ones fit.

const role = document.querySelector("#id_role");
const departmentRoles = role.dataset.departmentRoles.split(" ");
const officeRoles = role.dataset.officeRoles.split(" ");
const department = document.querySelector("#id_department");
const office = document.querySelector("#id_office");
const isOfficeHead = document.querySelector("#id_is_office_head");

function show(field, fits) {
  document.querySelector(`#div_${field.id}`).hidden = !fits;
}

function showFitting() {
  const ofDepartment = departmentRoles.includes(role.value);
  const ofOffice = officeRoles.includes(role.value);
  show(department, ofDepartment);
  show(office, ofOffice);
  show(isOfficeHead, ofOffice);
  if (!ofDepartment) {
    department.value = "";
  }
  if (!ofOffice) {
    office.value = "";
    isOfficeHead.checked = false;
  }
}

role.addEventListener("change", showFitting);
showFitting();
